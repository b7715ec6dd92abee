const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/;

/**
 * Reads an instant in ISO 8601, with its time zone: `2026-06-01T12:00Z`, `2026-06-01T14:00:00+02:00`; a date alone
 * is its midnight in UTC.
 *
 * @returns milliseconds since the epoch; undefined when it is none, such as the 30th of February.
 */
export function parseInstant(text: string): number | undefined {
  const [, year, month, day] = INSTANT.exec(text) ?? [];
  if (year === undefined) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // JavaScript counts on into the next month.
  if (date.getUTCMonth() + 1 !== Number(month) || date.getUTCDate() !== Number(day)) return undefined;
  return Date.parse(text);
}
