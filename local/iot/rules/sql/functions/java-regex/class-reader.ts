import { codePointOf, readEscape } from './escapes.ts';
import type { PatternSource } from './pattern-source.ts';
import { anyOf, complement, intersection, range, single } from './sets.ts';
import { type CaseRule, type CodePointTest, InvalidPattern } from './syntax.ts';

/** How deep classes may stand in one another. */
const MAX_CLASS_DEPTH = 100;

/** Reads what stands in `[…]`: ranges, unions, `&&` and `^`, as Java nests them. */
export class ClassReader {
  readonly #source: PatternSource;
  readonly #pattern: string;
  readonly #caseRule: CaseRule;

  constructor(source: PatternSource, pattern: string, caseRule: CaseRule) {
    this.#source = source;
    this.#pattern = pattern;
    this.#caseRule = caseRule;
  }

  /** The set of a class whose `[` was taken; takes its `]`. @throws InvalidPattern */
  read(depth = 0): CodePointTest {
    if (depth > MAX_CLASS_DEPTH) throw new InvalidPattern('classes are nested too deep');
    const isNegated = this.#source.takeIf('^');
    const set = this.#readMembers(depth);
    this.#source.expect(']');
    return isNegated ? complement(set) : set;
  }

  /** Everything up to the `]`, which is not taken. `^` is a member here, and so is a leading `]`. */
  #readMembers(depth: number): CodePointTest {
    let members: CodePointTest[] = [];
    for (;;) {
      const next = this.#source.peek();
      if (next === '') throw new InvalidPattern('unclosed character class');
      if (next === ']' && members.length > 0) return anyOf(members);
      if (next === '&' && this.#source.peekSecond() === '&') {
        members = [this.#intersect(members, depth)];
      } else {
        members.push(this.#source.takeIf('[') ? this.read(depth + 1) : this.#readRange());
      }
    }
  }

  /** `&&` and its right side: nested classes side by side, or all the members that follow. */
  #intersect(left: readonly CodePointTest[], depth: number): CodePointTest {
    this.#source.expect('&&');
    const right: CodePointTest[] = [];
    for (let next = this.#source.peek(); next !== ']' && next !== '&'; next = this.#source.peek()) {
      if (depth > MAX_CLASS_DEPTH) throw new InvalidPattern('classes are nested too deep');
      right.push(this.#source.takeIf('[') ? this.read(depth + 1) : this.#readMembers(depth + 1));
    }
    if (left.length === 0 && right.length === 0) throw new InvalidPattern('&& without operands');
    if (left.length === 0 || right.length === 0) return anyOf([...left, ...right]);
    return intersection(anyOf(left), anyOf(right));
  }

  #readRange(): CodePointTest {
    const first = this.#readCharacter();
    if (typeof first === 'function') return first;
    if (this.#source.peek() !== '-') return single(first, this.#caseRule);
    const behind = this.#source.peekSecond();
    if (behind === '[' || behind === ']') return single(first, this.#caseRule);
    this.#source.expect('-');
    const last = this.#readCharacter();
    if (typeof last === 'function' || last < first) throw new InvalidPattern('illegal character range');
    return range(first, last, this.#caseRule);
  }

  #readCharacter(): number | CodePointTest {
    const character = this.#source.take();
    if (character !== '\\') return codePointOf(character);
    return readEscape(this.#source, this.#source.takeRaw(), this.#pattern);
  }
}
