import type { SqlObject, SqlValue } from './values.ts';

/** The keys of objects whose order a JS object does not keep, because some look like array indexes. */
const orders = new WeakMap<SqlObject, readonly string[]>();

/** The keys of an Object in the order in which they were written. */
export function keysOf(object: SqlObject): readonly string[] {
  return orders.get(object) ?? Object.keys(object);
}

/** Builds an Object: the last value of a key wins, the order is that of their first use, and any key is a member. */
export class ObjectBuilder {
  readonly #members: Record<string, SqlValue> = {};
  /** Only when a key looks like an array index, which a JS object moves to its front. */
  #order: Set<string> | undefined;

  get(key: string): SqlValue {
    return Object.hasOwn(this.#members, key) ? this.#members[key] : undefined;
  }

  set(key: string, value: SqlValue): void {
    const first = key.charCodeAt(0);
    if (first <= 0x39 && first >= 0x30) this.#order ??= new Set(Object.keys(this.#members));
    this.#order?.add(key);
    if (key !== '__proto__') {
      this.#members[key] = value;
      return;
    }
    // Assigning would set the prototype.
    const descriptor = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(this.#members, key, descriptor);
  }

  setAll(object: SqlObject): void {
    for (const key of keysOf(object)) this.set(key, object[key]);
  }

  /** The Object; the builder is not used afterwards. */
  build(): SqlObject {
    if (this.#order !== undefined) orders.set(this.#members, [...this.#order]);
    return this.#members;
  }
}
