/** Something that happens once at an instant of the cloud's time. */
export interface DueTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

interface Entry extends DueTimer {
  /** Counts up: of timers that are due at the same instant, the one that was set first fires first. */
  readonly order: number;
  /** Where it stands in the heap; -1 when it has been taken out. */
  at: number;
}

/**
 * Timers in the order in which they fall due: a binary heap whose entries know their places, so that setting
 * and cancelling one costs the logarithm of how many there are. A gateway sets one with every packet.
 */
export class TimerHeap {
  readonly #heap: Entry[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The order of the last timer that was set: those set later have a greater one. */
  get lastOrder(): number {
    return this.#order;
  }

  /** The timer that is due first. */
  first(): (DueTimer & { readonly order: number }) | undefined {
    return this.#heap[0];
  }

  /** @returns a function that takes the timer out again; calling it later or twice does nothing. */
  add(dueMs: number, callback: () => void): () => void {
    this.#order += 1;
    const entry: Entry = { dueMs, callback, order: this.#order, at: this.#heap.length };
    this.#heap.push(entry);
    this.#rise(entry);
    return () => this.#remove(entry);
  }

  /** Takes out the timer that is due first. */
  takeFirst(): DueTimer | undefined {
    const first = this.#heap[0];
    if (first !== undefined) this.#remove(first);
    return first;
  }

  #remove(entry: Entry): void {
    const { at } = entry;
    if (at === -1) return;
    entry.at = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    this.#put(last, at);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: Entry): void {
    while (entry.at > 0) {
      const parentAt = (entry.at - 1) >> 1;
      const parent = this.#heap[parentAt];
      if (parent === undefined || isBefore(parent, entry)) return;
      this.#put(parent, entry.at);
      this.#put(entry, parentAt);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[entry.at * 2 + 1];
      const right = this.#heap[entry.at * 2 + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || isBefore(entry, child)) return;
      const { at } = child;
      this.#put(child, entry.at);
      this.#put(entry, at);
    }
  }

  #put(entry: Entry, at: number): void {
    this.#heap[at] = entry;
    entry.at = at;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
