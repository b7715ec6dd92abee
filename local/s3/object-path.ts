/**
 * How the key of an object becomes a path in the bucket's folder.
 *
 * Every key has a path of its own, also on file systems that do not tell upper from lower case, and no path leaves
 * the folder: `readings/2026/a.json` is just that, and
 *
 * - a byte outside `a-z 0-9 _ - = + , @` is written `%xx`, an upper-case letter `^` and the small one;
 * - a folder's name never has a dot (`v1.2/` is `v1%2e2`), a file's name always has one inside (`a` is `a.%`): the
 *   objects `a` and `a/b` stand beside each other;
 * - an empty folder name is `%`, an empty file name `%.%`;
 * - a name of more than 200 characters goes on in folders of 200 that end in `%`.
 *
 * Names that decode to nothing, such as `.bucket` and those that end in `%meta`, are free for what belongs to the
 * objects.
 */
const PLAIN = /[a-z0-9_=+,@-]/;
const FILE_MARK = '.%';
const EMPTY = '%';
const MAX_NAME_LENGTH = 200;

/** @returns the path's parts, folders first; the key must be well-formed Unicode. */
export function encodeKey(key: string): string[] {
  const segments = key.split('/');
  const file = segments.pop() ?? '';
  return [...segments.flatMap((segment) => chunks(encodeFolder(segment))), ...chunks(encodeFile(file))];
}

/** @returns the segment of a key that a folder's whole name stands for; undefined when it stands for none. */
export function decodeFolder(name: string): string | undefined {
  const segment = name === EMPTY ? '' : decodeBytes(name);
  return encodeFolder(segment) === name ? segment : undefined;
}

/** @returns the last segment of the key that a file's whole name stands for; undefined when it stands for none. */
export function decodeFile(name: string): string | undefined {
  const bare = name.endsWith(FILE_MARK) ? name.slice(0, -FILE_MARK.length) : name;
  const segment = bare === EMPTY ? '' : decodeBytes(bare);
  return encodeFile(segment) === name ? segment : undefined;
}

/** @returns the first part of a name that goes on inside the folder; undefined when this is no such folder. */
export function continuedName(folder: string): string | undefined {
  return folder.length === MAX_NAME_LENGTH + 1 && folder.endsWith(EMPTY) ? folder.slice(0, -1) : undefined;
}

function encodeFolder(segment: string): string {
  return segment === '' ? EMPTY : encodeBytes(segment).replaceAll('.', '%2e');
}

function encodeFile(segment: string): string {
  if (segment === '') return EMPTY + FILE_MARK;
  const name = encodeBytes(segment).replace(/^\./, '%2e').replace(/\.$/, '%2e');
  return name.includes('.') ? name : name + FILE_MARK;
}

function encodeBytes(segment: string): string {
  let name = '';
  for (const byte of Buffer.from(segment)) {
    const character = String.fromCodePoint(byte);
    if (PLAIN.test(character) || character === '.') name += character;
    else if (/[A-Z]/.test(character)) name += `^${character.toLowerCase()}`;
    else name += `%${byte.toString(16).padStart(2, '0')}`;
  }
  return name;
}

function decodeBytes(name: string): string {
  const bytes: number[] = [];
  for (const [token] of name.matchAll(/%[0-9a-f]{2}|\^[a-z]|[^]/g)) {
    if (token.length === 3) bytes.push(Number.parseInt(token.slice(1), 16));
    else if (token.length === 2) bytes.push(token.toUpperCase().charCodeAt(1));
    else bytes.push(token.charCodeAt(0));
  }
  // What is no name of ours decodes to something whose name is another one: the callers compare.
  return Buffer.from(bytes).toString();
}

function chunks(name: string): string[] {
  const parts: string[] = [];
  let rest = name;
  while (rest.length > MAX_NAME_LENGTH) {
    parts.push(rest.slice(0, MAX_NAME_LENGTH) + EMPTY);
    rest = rest.slice(MAX_NAME_LENGTH);
  }
  return [...parts, rest];
}
