import { SqlEvaluationError } from '../../errors.ts';
import { holdsAt } from './positions.ts';
import type { Instruction, Program, RepeatInstruction } from './program.ts';
import { isSame } from './sets.ts';

/** Instructions and characters that one call of a function may take: a few milliseconds. */
const MAX_STEPS = 1_000_000;

/** Steps before failed loops are remembered: most matches are done by then. */
const PATIENCE = 2_000;

/** An alternative on the stack: where to go on, from which character, what to undo, and how far a run gives back. */
const FRAME_SIZE = 4;
const NO_RUN = -1;

/**
 * Runs a program over one text, with Java's order of alternatives. It keeps its own stack, and it counts its steps:
 * a pattern that goes through ever more alternatives ends in an error, not in a rule that never returns.
 */
export class Machine {
  readonly #instructions: readonly Instruction[];
  readonly #text: string;
  readonly #registers: Int32Array;
  readonly #stack: number[] = [];
  /** Registers and their former values, to be put back when an alternative is taken. */
  readonly #undo: number[] = [];
  #steps = 0;
  #previousEnd = 0;
  /** Where a successful step or a backtrack goes on. */
  #nextPlace = 0;
  /** Loops and places where they have failed, each as one number. */
  readonly #failed = new Set<number>();

  constructor(program: Program, text: string) {
    this.#instructions = program.instructions;
    this.#text = text;
    this.#registers = new Int32Array(program.registerCount);
  }

  /** How many instructions and characters it has taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Finds the first match at `from` or behind it: where each group begins and ends, -1 for a group that took no
   * part. `previousEnd` is where `\G` matches. Undefined when there is none.
   *
   * @throws SqlEvaluationError PATTERN_TOO_COSTLY after a million steps in all
   */
  find(from: number, previousEnd: number): Int32Array | undefined {
    this.#previousEnd = previousEnd;
    this.#failed.clear();
    for (let start = from; start <= this.#text.length; start += this.#widthAt(start)) {
      this.#spend(1 + (this.#registers.length >> 4));
      this.#registers.fill(-1);
      this.#stack.length = 0;
      this.#undo.length = 0;
      const end = this.#match(0, start, undefined);
      if (end === undefined) continue;
      this.#registers[0] = start;
      this.#registers[1] = end;
      return this.#registers.slice();
    }
    return undefined;
  }

  /** Runs from an instruction to its `accept`, which must come at `requiredEnd` if that is given: where it ends. */
  #match(place: number, start: number, requiredEnd: number | undefined): number | undefined {
    const floor = this.#stack.length;
    const undoFloor = this.#undo.length;
    let next = place;
    let at = start;
    for (;;) {
      this.#spend(1);
      const instruction = this.#instructions[next];
      if (instruction === undefined) return undefined;
      if (instruction.kind === 'accept' && (requiredEnd === undefined || at === requiredEnd)) {
        this.#stack.length = floor;
        return at;
      }
      const reached = this.#step(instruction, next, at);
      if (reached !== undefined) {
        next = this.#nextPlace;
        at = reached;
        continue;
      }
      if (this.#stack.length === floor) {
        this.#undoTo(undoFloor);
        return undefined;
      }
      at = this.#backtrack();
      next = this.#nextPlace;
    }
  }

  /** Carries out one instruction: the new place in the text, or undefined when it fails. */
  #step(instruction: Instruction, place: number, at: number): number | undefined {
    this.#nextPlace = place + 1;
    switch (instruction.kind) {
      case 'set': {
        const codePoint = this.#text.codePointAt(at);
        if (codePoint === undefined || !instruction.contains(codePoint)) return undefined;
        return at + (codePoint > 0xffff ? 2 : 1);
      }
      case 'run':
        return this.#run(instruction, at);
      case 'position':
        return holdsAt(instruction, this.#text, at, this.#previousEnd) ? at : undefined;
      case 'backreference':
        return this.#refer(instruction, at);
      case 'save':
        this.#set(instruction.register, at);
        return at;
      case 'capture':
        this.#set(instruction.register, this.#get(instruction.start));
        this.#set(instruction.register + 1, at);
        return at;
      case 'reset':
        this.#set(instruction.register, 0);
        return at;
      case 'split':
        this.#push(instruction.second, at, NO_RUN);
        this.#nextPlace = instruction.first;
        return at;
      case 'jump':
        this.#nextPlace = instruction.to;
        return at;
      case 'repeat':
        return this.#repeat(instruction, place, at);
      case 'iterate':
        this.#set(instruction.counter, this.#get(instruction.counter) + 1);
        this.#set(instruction.counter + 1, at);
        return at;
      case 'atomic': {
        const end = this.#match(place + 1, at, undefined);
        this.#nextPlace = instruction.after;
        return end;
      }
      case 'look':
        return this.#look(instruction, place, at);
      case 'accept':
        break;
    }
    return undefined;
  }

  #run(run: Instruction & { kind: 'run' }, start: number): number | undefined {
    let at = start;
    let lowest = run.min === 0 ? start : NO_RUN;
    let count = 0;
    while (count < run.max) {
      const codePoint = this.#text.codePointAt(at);
      if (codePoint === undefined || !run.contains(codePoint)) break;
      at += codePoint > 0xffff ? 2 : 1;
      count += 1;
      if (count === run.min) lowest = at;
    }
    this.#spend(count);
    if (lowest === NO_RUN) return undefined;
    if (at > lowest && !run.isPossessive) this.#push(this.#nextPlace, this.#before(at), lowest);
    return at;
  }

  /** An iteration that took nothing is the last one, even below the minimum: as Java's loops. */
  #repeat(repeat: RepeatInstruction, place: number, at: number): number | undefined {
    const { counter, min, max, isLazy, isRemembered, body, after } = repeat;
    const count = this.#get(counter);
    if (isRemembered && count > 0 && this.#steps > PATIENCE) {
      // Coming here again means that it has failed the first time.
      const key = place * (this.#text.length + 1) + at;
      if (this.#failed.has(key)) return undefined;
      this.#failed.add(key);
    }
    const isStuck = count > 0 && at === this.#get(counter + 1);
    if (isStuck || count >= max) {
      this.#nextPlace = after;
    } else if (count < min) {
      this.#nextPlace = body;
    } else {
      this.#push(isLazy ? body : after, at, NO_RUN);
      this.#nextPlace = isLazy ? after : body;
    }
    return at;
  }

  #look(look: Instruction & { kind: 'look' }, place: number, at: number): number | undefined {
    const undoLength = this.#undo.length;
    const isFound =
      look.behind === undefined
        ? this.#match(place + 1, at, undefined) !== undefined
        : this.#isBehind(place + 1, at, look.behind);
    if (look.isNegative) this.#undoTo(undoLength);
    this.#nextPlace = look.after;
    return isFound === look.isNegative ? undefined : at;
  }

  /** Tries the shortest first, as Java. */
  #isBehind(place: number, at: number, { min, max }: { min: number; max: number }): boolean {
    let start = at;
    for (let length = 0; length <= max; length += 1) {
      this.#spend(1);
      if (length > 0) {
        if (start === 0) return false;
        start = this.#before(start);
      }
      if (length >= min && this.#match(place, start, at) !== undefined) return true;
    }
    return false;
  }

  #refer({ register, caseRule }: Instruction & { kind: 'backreference' }, at: number): number | undefined {
    const start = this.#get(register);
    if (start === -1) return undefined;
    const length = this.#get(register + 1) - start;
    this.#spend(length);
    if (at + length > this.#text.length) return undefined;
    for (let index = 0; index < length; index += 1) {
      const same = isSame(this.#text.charCodeAt(start + index), this.#text.charCodeAt(at + index), caseRule);
      if (!same) return undefined;
    }
    return at + length;
  }

  #push(place: number, at: number, lowest: number): void {
    this.#stack.push(place, at, this.#undo.length, lowest);
  }

  /** Takes the last alternative: where it goes on in the text. */
  #backtrack(): number {
    const top = this.#stack.length - FRAME_SIZE;
    const at = this.#stack[top + 1] ?? 0;
    const lowest = this.#stack[top + 3] ?? NO_RUN;
    this.#nextPlace = this.#stack[top] ?? 0;
    this.#undoTo(this.#stack[top + 2] ?? 0);
    if (lowest !== NO_RUN && at > lowest) this.#stack[top + 1] = this.#before(at);
    else this.#stack.length = top;
    return at;
  }

  #get(register: number): number {
    return this.#registers[register] ?? -1;
  }

  #set(register: number, value: number): void {
    this.#undo.push(register, this.#get(register));
    this.#registers[register] = value;
  }

  #undoTo(length: number): void {
    while (this.#undo.length > length) {
      const value = this.#undo.pop() ?? -1;
      this.#registers[this.#undo.pop() ?? 0] = value;
    }
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps <= MAX_STEPS) return;
    throw new SqlEvaluationError(
      'PATTERN_TOO_COSTLY',
      `a regular expression takes more than ${MAX_STEPS} steps on this text: give it fewer alternatives`,
    );
  }

  #widthAt(at: number): number {
    const codePoint = this.#text.codePointAt(at);
    return codePoint !== undefined && codePoint > 0xffff ? 2 : 1;
  }

  /** The place one character before. */
  #before(at: number): number {
    const isPair = at > 1 && isLow(this.#text.charCodeAt(at - 1)) && isHigh(this.#text.charCodeAt(at - 2));
    return at - (isPair ? 2 : 1);
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
