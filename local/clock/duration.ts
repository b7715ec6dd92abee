/** Each unit once, from large to small: `1d12h`, `90s`, `1h30m`. */
const DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Reads a length of time such as `15m`, `1h30m` or `500ms`, in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 40) return undefined;
  const found = DURATION.exec(text);
  if (found === null || text === '') return undefined;
  const [, days, hours, minutes, seconds, milliseconds] = found;
  const total =
    Number(days ?? 0) * 86_400_000 +
    Number(hours ?? 0) * 3_600_000 +
    Number(minutes ?? 0) * 60_000 +
    Number(seconds ?? 0) * 1_000 +
    Number(milliseconds ?? 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Writes a length of time in its two largest units: `1 d 2 h`, `15 min`, `3 s`, `120 ms`. */
export function formatDuration(ms: number): string {
  const size = Math.abs(Math.round(ms));
  if (size < 1_000) return `${size} ms`;
  const parts = [
    [Math.floor(size / 86_400_000), 'd'],
    [Math.floor(size / 3_600_000) % 24, 'h'],
    [Math.floor(size / 60_000) % 60, 'min'],
    [Math.floor(size / 1_000) % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
