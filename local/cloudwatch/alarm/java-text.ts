/** From here on, and below the other, Java writes a number with an exponent. */
const LARGE = 10_000_000;
const SMALL = 0.001;

/** A number as CloudWatch writes it in the reasons of alarms: `5.0`, `0.25`, `1.2E7`. */
export function doubleText(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= SMALL && size < LARGE)) {
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** A moment as CloudWatch writes it in the reasons of alarms: `21/11/26 10:15:00`. */
export function timestampText(second: number): string {
  const [, year, month, day, time] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(new Date(second * 1_000).toISOString()) ?? [];
  return `${day}/${month}/${year} ${time}`;
}

/** A moment as CloudWatch writes it in JSON: `2026-11-21T10:15:00.000+0000`. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
