import { InvalidPattern } from './syntax.ts';

/** A piece of a replacement: text, or the number of a group. */
export type ReplacementPart = string | number;

/**
 * Reads a replacement as Java's Matcher does: `$1`, `${name}`, and a backslash before a character that means itself.
 *
 * @throws InvalidPattern for a group that the pattern has not, and for a `$` or a backslash at the end
 */
export function readReplacement(
  text: string,
  groupCount: number,
  groupNames: ReadonlyMap<string, number>,
): readonly ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '\\') {
      if (at + 1 === text.length) throw new InvalidPattern('a backslash at the end');
      literal += text.charAt(at + 1);
      at += 2;
    } else if (character === '$') {
      const [group, end] = readGroup(text, at + 1, groupCount, groupNames);
      if (literal !== '') parts.push(literal);
      parts.push(group);
      literal = '';
      at = end;
    } else {
      literal += character;
      at += 1;
    }
  }
  parts.push(literal);
  return parts;
}

function readGroup(
  text: string,
  start: number,
  groupCount: number,
  groupNames: ReadonlyMap<string, number>,
): readonly [group: number, end: number] {
  if (text.charAt(start) === '{') return readNamedGroup(text, start, groupNames);
  const first = text.charAt(start);
  if (!/^[0-9]$/.test(first)) throw new InvalidPattern('$ without a group');
  let group = Number(first);
  if (group > groupCount) throw new InvalidPattern(`no group ${group}`);
  let end = start + 1;
  for (; /^[0-9]$/.test(text.charAt(end)); end += 1) {
    const longer = group * 10 + Number(text.charAt(end));
    if (longer > groupCount) break;
    group = longer;
  }
  return [group, end];
}

function readNamedGroup(
  text: string,
  brace: number,
  groupNames: ReadonlyMap<string, number>,
): readonly [group: number, end: number] {
  const end = text.indexOf('}', brace);
  const group = groupNames.get(text.slice(brace + 1, end === -1 ? text.length : end));
  if (end === -1 || group === undefined) throw new InvalidPattern('no group of this name');
  return [group, end + 1];
}
