/** Keys that are remembered: as many devices as a laptop plays, and a bound for those that never come again. */
const MAX_KEYS = 10_000;

/** Where the invocations of a key ran last. */
export class Homes<Place> {
  readonly #places = new Map<string, Place>();

  of(key: string | undefined): Place | undefined {
    return key === undefined ? undefined : this.#places.get(key);
  }

  set(key: string | undefined, place: Place): void {
    if (key === undefined || this.#places.get(key) === place) return;
    // A key that moves becomes the newest; the oldest goes first when there are too many.
    this.#places.delete(key);
    this.#places.set(key, place);
    if (this.#places.size <= MAX_KEYS) return;
    const [oldest] = this.#places.keys();
    if (oldest !== undefined) this.#places.delete(oldest);
  }

  /** Forgets a place that has gone. */
  forget(place: Place): void {
    for (const [key, at] of this.#places) if (at === place) this.#places.delete(key);
  }

  clear(): void {
    this.#places.clear();
  }
}
