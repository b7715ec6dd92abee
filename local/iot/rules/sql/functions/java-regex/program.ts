import { type Lengths, lengthsOf } from './lengths.ts';
import { loopsForget } from './remembering.ts';
import {
  type CaseRule,
  type CodePointTest,
  InvalidPattern,
  type LookNode,
  type Position,
  type RegexNode,
  type RegexSyntax,
  type RepeatNode,
} from './syntax.ts';

/** Places are indexes of instructions; loops and captures keep their numbers in registers. */
export type Instruction =
  | { readonly kind: 'set'; readonly contains: CodePointTest }
  /** As many characters of a set as there are, and fewer when the rest fails; `isPossessive` never gives back. */
  | {
      readonly kind: 'run';
      readonly contains: CodePointTest;
      readonly min: number;
      readonly max: number;
      readonly isPossessive: boolean;
    }
  | { readonly kind: 'position'; readonly position: Position; readonly isUnixLines: boolean }
  | { readonly kind: 'backreference'; readonly register: number; readonly caseRule: CaseRule }
  | { readonly kind: 'save'; readonly register: number }
  /** Ends a group: it began where the register `start` says, and ends here. */
  | { readonly kind: 'capture'; readonly start: number; readonly register: number }
  | { readonly kind: 'reset'; readonly register: number }
  /** Goes on at `first`, and at `second` when that fails. */
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | RepeatInstruction
  /** Begins an iteration: counts it and keeps where it began. */
  | { readonly kind: 'iterate'; readonly counter: number }
  /** Matches the instructions that follow, up to `after`, once and for all. */
  | { readonly kind: 'atomic'; after: number }
  | {
      readonly kind: 'look';
      readonly isNegative: boolean;
      /** How far back to begin; absent for a look-ahead. */
      readonly behind?: Lengths;
      after: number;
    }
  /** The end of the whole, of an atomic group or of a look-around. */
  | { readonly kind: 'accept' };

/** Decides between one more iteration and the end. The register after `counter` is where the iteration began. */
export interface RepeatInstruction {
  readonly kind: 'repeat';
  readonly counter: number;
  readonly min: number;
  readonly max: number;
  readonly isLazy: boolean;
  /** Whether it fails for good where it has failed once. */
  readonly isRemembered: boolean;
  body: number;
  after: number;
}

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly registerCount: number;
}

/** Registers 2n and 2n+1 hold where group n begins and ends; -1 while it has not taken part. */
export function compileProgram({ root, groupCount }: RegexSyntax): Program {
  const compiler = new Compiler(groupCount, loopsForget(root));
  compiler.add(root);
  compiler.emit({ kind: 'accept' });
  return { instructions: compiler.instructions, registerCount: compiler.registerCount };
}

class Compiler {
  readonly instructions: Instruction[] = [];
  readonly #groupCount: number;
  /** False inside atomic groups and look-arounds: what succeeds there may be undone from outside. */
  #remembersLoops: boolean;
  registerCount: number;

  constructor(groupCount: number, remembersLoops: boolean) {
    this.#groupCount = groupCount;
    this.#remembersLoops = remembersLoops;
    this.registerCount = 2 * (groupCount + 1);
  }

  emit<Kind extends Instruction>(instruction: Kind): Kind {
    this.instructions.push(instruction);
    return instruction;
  }

  add(node: RegexNode): void {
    switch (node.kind) {
      case 'set':
      case 'position':
        this.emit(node);
        return;
      case 'sequence':
        for (const item of node.items) this.add(item);
        return;
      case 'alternation':
        this.#addAlternation(node.branches);
        return;
      case 'capture':
        this.#addCapture(node.group, node.body);
        return;
      case 'atomic':
        this.#addAtomic(() => this.add(node.body));
        return;
      case 'repeat':
        this.#addRepeat(node);
        return;
      case 'look':
        this.#addLook(node);
        return;
      case 'backreference':
        this.#addBackreference(node.group, node.caseRule);
        return;
    }
  }

  #next(): number {
    return this.instructions.length;
  }

  #addAlternation(branches: readonly RegexNode[]): void {
    const ends: { to: number }[] = [];
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        this.add(branch);
        break;
      }
      const split = this.emit({ kind: 'split', first: this.#next() + 1, second: -1 });
      this.add(branch);
      ends.push(this.emit({ kind: 'jump', to: -1 }));
      split.second = this.#next();
    }
    for (const end of ends) end.to = this.#next();
  }

  #addCapture(group: number, body: RegexNode): void {
    // The beginning is kept aside until the group ends: a reference inside sees the iteration before.
    const start = this.registerCount;
    this.registerCount += 1;
    this.emit({ kind: 'save', register: start });
    this.add(body);
    this.emit({ kind: 'capture', start, register: 2 * group });
  }

  /** `add` adds what is matched without alternatives left. */
  #addAtomic(add: () => void): void {
    const atomic = this.emit({ kind: 'atomic', after: -1 });
    atomic.after = this.#addInner(add);
  }

  /** What has an end of its own: the place behind it. */
  #addInner(add: () => void): number {
    const remembersLoops = this.#remembersLoops;
    this.#remembersLoops = false;
    add();
    this.#remembersLoops = remembersLoops;
    this.emit({ kind: 'accept' });
    return this.#next();
  }

  #addLook({ isBehind, isNegative, body }: LookNode): void {
    const lengths = lengthsOf(body);
    if (isBehind && lengths.max === Infinity) throw new InvalidPattern('a look-behind of any length');
    const look = this.emit({ kind: 'look', isNegative, after: -1, ...(isBehind ? { behind: lengths } : {}) });
    look.after = this.#addInner(() => this.add(body));
  }

  /** A group that does not exist never matches, as in Java. */
  #addBackreference(group: number, caseRule: CaseRule): void {
    if (group > this.#groupCount) this.emit({ kind: 'set', contains: () => false });
    else this.emit({ kind: 'backreference', register: 2 * group, caseRule });
  }

  #addRepeat(node: RepeatNode): void {
    const { body, min, max, mode } = node;
    if (body.kind === 'set' && mode !== 'lazy') {
      this.emit({ kind: 'run', contains: body.contains, min, max, isPossessive: mode === 'possessive' });
    } else if (mode === 'possessive') {
      // Java also takes every single iteration once and for all.
      this.#addAtomic(() => this.#addLoop({ ...node, mode: 'greedy', body: { kind: 'atomic', body } }));
    } else if (min === 0 && max === 1) {
      this.#addOption(body, mode === 'lazy');
    } else {
      this.#addLoop(node);
    }
  }

  #addOption(body: RegexNode, isLazy: boolean): void {
    const split = this.emit({ kind: 'split', first: -1, second: -1 });
    const bodyAt = this.#next();
    this.add(body);
    split.first = isLazy ? this.#next() : bodyAt;
    split.second = isLazy ? bodyAt : this.#next();
  }

  #addLoop({ body, min, max, mode }: RepeatNode): void {
    const counter = this.registerCount;
    this.registerCount += 2;
    this.emit({ kind: 'reset', register: counter });
    const repeatAt = this.#next();
    const repeat = this.emit({
      kind: 'repeat',
      counter,
      min,
      max,
      isLazy: mode === 'lazy',
      isRemembered: this.#remembersLoops,
      body: repeatAt + 1,
      after: -1,
    });
    this.emit({ kind: 'iterate', counter });
    this.add(body);
    this.emit({ kind: 'jump', to: repeatAt });
    repeat.after = this.#next();
  }
}
