import type { CaseRule, CodePointTest } from './syntax.ts';

/** The union of sets, which are at least one. */
export function anyOf(sets: readonly CodePointTest[]): CodePointTest {
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return only;
  return (codePoint) => sets.some((contains) => contains(codePoint));
}

export const intersection = (left: CodePointTest, right: CodePointTest): CodePointTest => {
  return (codePoint) => left(codePoint) && right(codePoint);
};

export const complement = (set: CodePointTest): CodePointTest => {
  return (codePoint) => !set(codePoint);
};

/** The code points from `first` to `last`, both included, under a rule for the case of letters. */
export function range(first: number, last: number, caseRule: CaseRule): CodePointTest {
  const contains: CodePointTest = (codePoint) => codePoint >= first && codePoint <= last;
  if (caseRule === 'exact') return contains;
  if (caseRule === 'ascii') {
    return (codePoint) => contains(codePoint) || (isAsciiLetter(codePoint) && contains(codePoint ^ 0x20));
  }
  return (codePoint) => {
    if (contains(codePoint)) return true;
    const upper = upperCase(codePoint);
    return contains(upper) || contains(lowerCase(upper));
  };
}

/** One code point under a rule for the case of letters. */
export function single(wanted: number, caseRule: CaseRule): CodePointTest {
  if (caseRule === 'unicode') return (codePoint) => isSame(codePoint, wanted, 'unicode');
  if (caseRule === 'ascii' && isAsciiLetter(wanted)) {
    return (codePoint) => codePoint === wanted || codePoint === (wanted ^ 0x20);
  }
  return (codePoint) => codePoint === wanted;
}

/** Whether two code points are the same under a rule for the case of letters. */
export function isSame(left: number, right: number, caseRule: CaseRule): boolean {
  if (left === right) return true;
  if (caseRule === 'ascii') return isAsciiLetter(left) && (left ^ 0x20) === right;
  return caseRule === 'unicode' && folded(left) === folded(right);
}

/** The code points of a JavaScript class such as `\p{Lu}` or `[\t ]`. */
export function ofClass(source: string): CodePointTest {
  const pattern = new RegExp(`^${source}$`, 'u');
  return (codePoint) => pattern.test(String.fromCodePoint(codePoint));
}

export const digits: CodePointTest = (codePoint) => codePoint >= 0x30 && codePoint <= 0x39;

export const asciiSpaces: CodePointTest = (codePoint) =>
  codePoint === 0x20 || (codePoint >= 0x09 && codePoint <= 0x0d);

export const wordCharacters: CodePointTest = (codePoint) =>
  isAsciiLetter(codePoint) || digits(codePoint) || codePoint === 0x5f;

export const horizontalSpaces: CodePointTest = (codePoint) =>
  codePoint === 0x20 ||
  codePoint === 0x09 ||
  codePoint === 0xa0 ||
  codePoint === 0x1680 ||
  codePoint === 0x180e ||
  (codePoint >= 0x2000 && codePoint <= 0x200a) ||
  codePoint === 0x202f ||
  codePoint === 0x205f ||
  codePoint === 0x3000;

export const verticalSpaces: CodePointTest = (codePoint) =>
  (codePoint >= 0x0a && codePoint <= 0x0d) ||
  codePoint === 0x85 ||
  codePoint === 0x2028 ||
  codePoint === 0x2029;

/** What ends a line for `.`, `^` and `$`. */
export const lineTerminators: CodePointTest = (codePoint) =>
  codePoint === 0x0a ||
  codePoint === 0x0d ||
  codePoint === 0x85 ||
  codePoint === 0x2028 ||
  codePoint === 0x2029;

function isAsciiLetter(codePoint: number): boolean {
  const lower = codePoint | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** As Java compares letters under `(?iu)`: the small letter of the capital letter. */
function folded(codePoint: number): number {
  return lowerCase(upperCase(codePoint));
}

/** Simple case mappings only: a letter that becomes several, such as ß, stays. */
function upperCase(codePoint: number): number {
  return onlyCodePoint(String.fromCodePoint(codePoint).toUpperCase()) ?? codePoint;
}

function lowerCase(codePoint: number): number {
  return onlyCodePoint(String.fromCodePoint(codePoint).toLowerCase()) ?? codePoint;
}

function onlyCodePoint(text: string): number | undefined {
  const codePoint = text.codePointAt(0);
  return codePoint !== undefined && text.length === (codePoint > 0xffff ? 2 : 1) ? codePoint : undefined;
}
