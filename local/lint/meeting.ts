/**
 * Whether a topic exists that both filters take, as AWS IoT matches: `#` takes at least one level, so `a/#` and
 * `a` never meet; a wildcard in the first level takes no topic that begins with `$`.
 */
export function filtersMeet(one: string, other: string): boolean {
  const left = one.split('/');
  const right = other.split('/');
  if (refusesReserved(left[0], other) || refusesReserved(right[0], one)) return false;
  for (let index = 0; ; index += 1) {
    const a = left[index];
    const b = right[index];
    if (a === undefined || b === undefined) return a === b;
    if (a === '#' || b === '#') return true;
    if (a !== b && a !== '+' && b !== '+') return false;
  }
}

/**
 * Whether a topic exists that the filter takes and a pattern of policies (`*` any text, `?` one character)
 * allows. At most filter × pattern steps.
 */
export function filterMeetsPattern(filter: string, pattern: string): boolean {
  const left = filter
    .split('/')
    .flatMap((level, index) => [
      ...(index === 0 ? [] : [only('/')]),
      ...(level === '#' ? [ANY_TEXT] : level === '+' ? [LEVEL_TEXT] : Array.from(level, only)),
    ]);
  const right = Array.from(pattern, (character) =>
    character === '*' ? ANY_TEXT : character === '?' ? ANY_CHARACTER : only(character),
  );
  const waiting: [number, number][] = [[0, 0]];
  const seen = new Set<number>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [i, j] = next;
    const key = i * (right.length + 1) + j;
    if (seen.has(key)) continue;
    seen.add(key);
    const a = left[i];
    const b = right[j];
    if (a === undefined && b === undefined) return true;
    // Text may be empty, and its next character leaves it where it is.
    if (a?.isText === true) waiting.push([i + 1, j]);
    if (b?.isText === true) waiting.push([i, j + 1]);
    if (a !== undefined && b !== undefined && shareCharacter(a, b)) {
      waiting.push([a.isText ? i : i + 1, b.isText ? j : j + 1]);
    }
  }
  return false;
}

/** One character, or text of any length, out of some characters. */
interface Part {
  readonly isText: boolean;
  /** The only one, or all, or all but the slash. */
  readonly characters: { readonly only: string } | 'any' | 'no slash';
}

const ANY_TEXT: Part = { isText: true, characters: 'any' };
const LEVEL_TEXT: Part = { isText: true, characters: 'no slash' };
const ANY_CHARACTER: Part = { isText: false, characters: 'any' };

function only(character: string): Part {
  return { isText: false, characters: { only: character } };
}

function shareCharacter({ characters: a }: Part, { characters: b }: Part): boolean {
  if (typeof a === 'string') return typeof b === 'string' || takes(a, b.only);
  return typeof b === 'string' ? takes(b, a.only) : a.only === b.only;
}

function takes(characters: 'any' | 'no slash', character: string): boolean {
  return characters === 'any' || character !== '/';
}

function refusesReserved(level: string | undefined, other: string): boolean {
  return (level === '+' || level === '#') && other.startsWith('$');
}
