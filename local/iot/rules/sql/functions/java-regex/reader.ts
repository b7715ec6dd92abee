import { notServed } from '../not-served-pattern.ts';
import { ClassReader } from './class-reader.ts';
import { codePointOf, readEscape } from './escapes.ts';
import { PatternSource } from './pattern-source.ts';
import { complement, lineTerminators, single, verticalSpaces } from './sets.ts';
import {
  type CaseRule,
  type CodePointTest,
  InvalidPattern,
  type Position,
  type QuantifierMode,
  type RegexNode,
  type RegexSyntax,
} from './syntax.ts';

/** How deep groups may stand in one another. */
const MAX_GROUP_DEPTH = 100;

/** Java's largest repetition count. */
const MAX_COUNT = 2_147_483_647;

const FLAG_LETTERS = 'idmsuxU';

const positionEscapes: ReadonlyMap<string, Position> = new Map([
  ['A', 'start'],
  ['b', 'wordBoundary'],
  ['B', 'noWordBoundary'],
  ['G', 'previousEnd'],
  ['z', 'end'],
  ['Z', 'endBeforeTerminator'],
]);

const EMPTY: RegexNode = { kind: 'sequence', items: [] };

const isLineFeed = single(0x0a, 'exact');

/**
 * Reads a pattern as java.util.regex does.
 *
 * @throws InvalidPattern
 * @throws SqlEvaluationError PATTERN_NOT_SERVED naming what Java has and this reader has not
 */
export function readPattern(pattern: string): RegexSyntax {
  return new PatternReader(pattern).read();
}

class PatternReader {
  readonly #pattern: string;
  readonly #source: PatternSource;
  readonly #groupNames = new Map<string, number>();
  #flags = '';
  #groupCount = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#source = new PatternSource(pattern);
  }

  read(): RegexSyntax {
    const root = this.#readAlternation();
    if (this.#source.peek() !== '') throw new InvalidPattern('unmatched )');
    return { root, groupCount: this.#groupCount, groupNames: this.#groupNames };
  }

  #readAlternation(): RegexNode {
    const branches = [this.#readSequence()];
    while (this.#source.takeIf('|')) branches.push(this.#readSequence());
    const [only] = branches;
    return branches.length === 1 && only !== undefined ? only : { kind: 'alternation', branches };
  }

  #readSequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      const next = this.#source.peek();
      if (next === '' || next === '|' || next === ')') return { kind: 'sequence', items };
      // Counts behind nothing repeat the empty text, as Java reads them.
      const atom = next === '{' ? EMPTY : this.#readAtom(this.#source.take());
      if (atom !== undefined) items.push(this.#readQuantified(atom));
    }
  }

  /** Undefined for flags alone, which are no atom. */
  #readAtom(first: string): RegexNode | undefined {
    switch (first) {
      case '(':
        return this.#readGroup();
      case '[':
        return {
          kind: 'set',
          contains: new ClassReader(this.#source, this.#pattern, this.#caseRule()).read(),
        };
      case '\\':
        return this.#readEscape();
      case '^':
        return this.#position(this.#has('m') ? 'lineStart' : 'start');
      case '$':
        return this.#position(this.#has('m') ? 'lineEnd' : 'endBeforeTerminator');
      case '.':
        return { kind: 'set', contains: this.#dot() };
      case '*':
      case '+':
      case '?':
        throw new InvalidPattern(`nothing before ${first} to repeat`);
      default:
        return { kind: 'set', contains: single(codePointOf(first), this.#caseRule()) };
    }
  }

  #dot(): CodePointTest {
    if (this.#has('s')) return () => true;
    return complement(this.#has('d') ? isLineFeed : lineTerminators);
  }

  #readEscape(): RegexNode {
    const letter = this.#source.takeRaw();
    const position = positionEscapes.get(letter);
    if (position !== undefined) {
      if (letter === 'b' && this.#source.takeIf('{')) throw notServed('\\b{…}', this.#pattern);
      return this.#position(position);
    }
    if (letter === 'R') return lineBreak();
    if (letter === 'k') return this.#readNamedReference();
    if (letter >= '1' && letter <= '9') return this.#readReference(Number(letter));
    const meant = readEscape(this.#source, letter, this.#pattern);
    const contains = typeof meant === 'number' ? single(meant, this.#caseRule()) : meant;
    return { kind: 'set', contains };
  }

  /** More digits belong to it for as long as there are so many groups before it. */
  #readReference(firstDigit: number): RegexNode {
    let group = firstDigit;
    for (;;) {
      const next = this.#source.peek();
      const longer = group * 10 + Number(next);
      if (!/^\d$/.test(next) || longer > this.#groupCount) break;
      this.#source.take();
      group = longer;
    }
    return { kind: 'backreference', group, caseRule: this.#caseRule() };
  }

  #readNamedReference(): RegexNode {
    this.#source.expect('<');
    const name = this.#readName();
    const group = this.#groupNames.get(name);
    if (group === undefined) throw new InvalidPattern(`no group is named ${name}`);
    return { kind: 'backreference', group, caseRule: this.#caseRule() };
  }

  #readName(): string {
    const name = this.#source.takeWhile(/[a-zA-Z0-9]/, 200);
    if (!/^[a-zA-Z]/.test(name)) throw new InvalidPattern('a group name begins with a letter');
    this.#source.expect('>');
    return name;
  }

  /** A group whose `(` was taken. */
  #readGroup(): RegexNode | undefined {
    const flags = this.#flags;
    this.#depth += 1;
    if (this.#depth > MAX_GROUP_DEPTH) throw new InvalidPattern('groups are nested too deep');
    const group = this.#source.takeIf('?') ? this.#readSpecialGroup() : this.#readCapture();
    this.#depth -= 1;
    if (group !== undefined) this.#setFlags(flags);
    return group;
  }

  #readSpecialGroup(): RegexNode | undefined {
    const source = this.#source;
    if (source.takeIf(':')) return this.#readBody();
    if (source.takeIf('>')) return { kind: 'atomic', body: this.#readBody() };
    if (source.takeIf('=')) return this.#readLook(false, false);
    if (source.takeIf('!')) return this.#readLook(false, true);
    if (source.takeIf('<=')) return this.#readLook(true, false);
    if (source.takeIf('<!')) return this.#readLook(true, true);
    if (source.takeIf('<')) {
      const name = this.#readName();
      if (this.#groupNames.has(name)) throw new InvalidPattern(`two groups are named ${name}`);
      this.#groupNames.set(name, this.#groupCount + 1);
      return this.#readCapture();
    }
    this.#readFlags();
    if (source.takeIf(')')) return undefined;
    source.expect(':');
    return this.#readBody();
  }

  #readLook(isBehind: boolean, isNegative: boolean): RegexNode {
    return { kind: 'look', isBehind, isNegative, body: this.#readBody() };
  }

  #readCapture(): RegexNode {
    this.#groupCount += 1;
    const group = this.#groupCount;
    return { kind: 'capture', group, body: this.#readBody() };
  }

  #readBody(): RegexNode {
    const body = this.#readAlternation();
    this.#source.expect(')');
    return body;
  }

  #readFlags(): void {
    let isOn = true;
    for (;;) {
      const letter = this.#source.peek();
      if (letter === '-' && isOn) isOn = false;
      else if (letter !== '' && FLAG_LETTERS.includes(letter)) this.#setFlag(letter, isOn);
      else return;
      this.#source.take();
    }
  }

  #setFlag(letter: string, isOn: boolean): void {
    if (letter === 'U') throw notServed('the flag (?U)', this.#pattern);
    const others = this.#flags.replace(letter, '');
    this.#setFlags(isOn ? others + letter : others);
  }

  #setFlags(flags: string): void {
    this.#flags = flags;
    this.#source.skipsComments = flags.includes('x');
  }

  #has(flag: string): boolean {
    return this.#flags.includes(flag);
  }

  #caseRule(): CaseRule {
    if (!this.#has('i')) return 'exact';
    return this.#has('u') ? 'unicode' : 'ascii';
  }

  #position(position: Position): RegexNode {
    return { kind: 'position', position, isUnixLines: this.#has('d') };
  }

  #readQuantified(atom: RegexNode): RegexNode {
    const source = this.#source;
    let bounds: readonly [min: number, max: number];
    if (source.takeIf('?')) bounds = [0, 1];
    else if (source.takeIf('*')) bounds = [0, Infinity];
    else if (source.takeIf('+')) bounds = [1, Infinity];
    else if (source.takeIf('{')) bounds = this.#readCounts();
    else return atom;
    let mode: QuantifierMode = 'greedy';
    if (source.takeIf('?')) mode = 'lazy';
    else if (source.takeIf('+')) mode = 'possessive';
    return { kind: 'repeat', body: atom, min: bounds[0], max: bounds[1], mode };
  }

  #readCounts(): readonly [min: number, max: number] {
    const min = this.#readCount();
    if (min === undefined) throw new InvalidPattern('illegal repetition');
    let max: number | undefined = min;
    if (this.#source.takeIf(',')) max = this.#readCount() ?? Infinity;
    this.#source.expect('}');
    if (max < min) throw new InvalidPattern('illegal repetition range');
    return [min, max];
  }

  #readCount(): number | undefined {
    const digits = this.#source.takeWhile(/\d/, 20);
    if (digits === '') return undefined;
    const count = Number(digits);
    if (count > MAX_COUNT) throw new InvalidPattern('illegal repetition range');
    return count;
  }
}

/** `\R`: a carriage return and a line feed together, or any one of the line breaks. */
function lineBreak(): RegexNode {
  const character = (code: number): RegexNode => ({ kind: 'set', contains: single(code, 'exact') });
  const pair: RegexNode = { kind: 'sequence', items: [character(0x0d), character(0x0a)] };
  const any: RegexNode = { kind: 'set', contains: verticalSpaces };
  return { kind: 'alternation', branches: [pair, any] };
}
