type Stop = () => Promise<void> | void;

/** What has to be undone when the cloud ends, the last started first. */
export class Stops {
  readonly #stops: Stop[] = [];

  add(stop: Stop): void {
    this.#stops.push(stop);
  }

  /** Undoes everything once; what is added later is undone by the next call. */
  async run(): Promise<void> {
    for (const stop of this.#stops.splice(0).toReversed()) await stop();
  }
}
