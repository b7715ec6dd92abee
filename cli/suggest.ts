/** The one of `known` that somebody who typed `typed` most likely meant; undefined when none is near. */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const name = candidate.toLowerCase();
    const shorter = Math.min(wanted.length, name.length);
    const isStart = shorter >= 2 && (name.startsWith(wanted) || wanted.startsWith(name));
    const distance = isStart ? 1 : editDistance(wanted, name);
    // Of a word of one or two letters, one letter is too much to be wrong.
    const allowed = shorter <= 2 && !isStart ? 0 : Math.max(1, Math.floor(wanted.length / 3));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `: did you mean …?`, or nothing. */
export function didYouMean(typed: string, known: readonly string[], prefix = ''): string {
  const suggestion = suggest(typed, known);
  return suggestion === undefined ? '' : `: did you mean ${prefix}${suggestion}?`;
}

/** Typing slips between two words: letters left out, put in, changed, or two neighbours swapped. */
function editDistance(from: string, to: string): number {
  // What somebody typed is not bounded, the work is.
  if (Math.abs(from.length - to.length) > 3) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = from[i - 1] === to[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        (last[j] ?? Infinity) + 1,
        (row[j - 1] ?? Infinity) + 1,
        (last[j - 1] ?? Infinity) + changed,
        swapped ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? Infinity;
}
