import { RejectedInputError } from '../rejections.ts';
import { storable, type Storable } from './item.ts';

/** The variables of a callback as they arrived: of JSON, a form, a query, or a line of a batch. */
export type Variables = Readonly<Record<string, unknown>>;

/** More than Sigfox has variables, and room for a payload config's own. */
const MAX_VARIABLES = 100;

/** Characters of a text of Sigfox's own: ids, names and messages are shorter. */
const MAX_TEXT = 500;

/** What Sigfox leaves of a variable that it does not know, or knows no more: `{snr}`. */
const LITERAL = /^\{[\w#$-]+\}$/;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const FLAGS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  [1, true],
  [0, false],
]);

/**
 * Reads a callback's variables by name, quoted or not. A variable that is not there, is empty, is `null`, or
 * stands there as its own name in braces has no value. An optional one that cannot be read is remembered by
 * name in `unreadable`, and what nobody asked for is the sender's own: `rest`.
 */
export class VariableReader {
  readonly unreadable: string[] = [];
  readonly #variables: Variables;
  readonly #asked = new Set<string>();

  /** @throws RejectedInputError TOO_MANY_VARIABLES */
  constructor(variables: Variables) {
    const count = Object.keys(variables).length;
    if (count > MAX_VARIABLES) {
      const message = `the callback has ${count} variables, of at most ${MAX_VARIABLES}`;
      throw new RejectedInputError('TOO_MANY_VARIABLES', message);
    }
    this.#variables = variables;
  }

  /** The value, whatever it is; undefined where there is none. */
  given(name: string): unknown {
    this.#asked.add(name);
    const value = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined;
    return isGiven(value) ? value : undefined;
  }

  /** Text that may be empty: only its absence is no value. */
  textOrEmpty(name: string): string | undefined {
    this.#asked.add(name);
    const value = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined;
    return value === '' ? '' : this.text(name);
  }

  text(name: string): string | undefined {
    const value = this.given(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return typeof value === 'string' && value.length <= MAX_TEXT ? value : this.#cannot(name);
  }

  number(name: string): number | undefined {
    const value = this.given(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number') return Number.isFinite(value) ? value : this.#cannot(name);
    return typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : this.#cannot(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.given(name);
    if (value === undefined || typeof value === 'boolean') return value;
    const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
    return FLAGS.get(word) ?? this.#cannot(name);
  }

  /** A list or an object, also where the body's template has put it into quotes. */
  structure(name: string): unknown {
    const value = this.given(name);
    if (value === undefined || typeof value === 'object') return value;
    try {
      const parsed: unknown = JSON.parse(typeof value === 'string' ? value : '');
      if (typeof parsed === 'object' && parsed !== null) return parsed;
    } catch {
      // What is not JSON is unreadable, as is JSON that is neither a list nor an object.
    }
    return this.#cannot(name);
  }

  /** What the sender has put beside Sigfox's own variables, such as those of a payload config. */
  rest(): Readonly<Record<string, Storable>> {
    const others = Object.entries(this.#variables).filter(
      ([name, value]) => name !== '' && !this.#asked.has(name) && isGiven(value),
    );
    return Object.fromEntries(others.map(([name, value]) => [name, storable(value, name)]));
  }

  #cannot(name: string): undefined {
    this.unreadable.push(name);
    return undefined;
  }
}

function isGiven(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'string') return true;
  const text = value.trim();
  return text !== '' && text !== 'null' && !LITERAL.test(text);
}
