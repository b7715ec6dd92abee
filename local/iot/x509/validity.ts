/**
 * Why a certificate does not hold at an instant (RFC 5280 §4.1.2.5: both ends belong to its time), as words that
 * follow its name; undefined when it holds.
 *
 * @param nowMs the cloud's time: a device that comes a year later, comes with a certificate that is a year older.
 */
export function validityProblem(
  { notBeforeMs, notAfterMs }: { readonly notBeforeMs: number; readonly notAfterMs: number },
  nowMs: number,
): string | undefined {
  if (nowMs > notAfterMs)
    return `has expired: it ended at ${text(notAfterMs)}, and here it is ${text(nowMs)}`;
  if (nowMs < notBeforeMs) {
    return `is not valid yet: it begins at ${text(notBeforeMs)}, and here it is ${text(nowMs)}`;
  }
  return undefined;
}

function text(ms: number): string {
  return new Date(ms).toISOString();
}
