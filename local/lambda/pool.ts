import { Container, type ContainerOptions, type InvocationResult } from './container.ts';

/**
 * How long an invocation waits for a container that is at work before it takes another. A function has often
 * answered, and its device already sent the next reading, a moment before its container is free; going on in
 * that one finds its memory warm, and wakes no second one.
 */
const PATIENCE_MS = 4;

/**
 * How long it waits where no other container is warm. A cold start costs a core this much at least; on a
 * machine with few of them, containers that start while others could do the work make everything slower.
 */
const COLD_PATIENCE_MS = 100;

/** The containers of one function: as few as do the work. */
export class ContainerPool {
  readonly #options: ContainerOptions;
  #idle: Container[] = [];
  readonly #busy = new Set<Container>();
  /** Invocations that wait for a busy container, the first to be served first. */
  readonly #waiting: ((container: Container) => void)[] = [];
  readonly #maxConcurrency: number;

  /** @param maxConcurrency how many invocations run at once; more of them wait. */
  constructor(options: ContainerOptions, maxConcurrency = Number.POSITIVE_INFINITY) {
    this.#options = options;
    this.#maxConcurrency = maxConcurrency;
  }

  /** Runs one invocation: in the container that was used last, if it can be had, else in another. */
  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const container = this.#busy.size > 0 ? await this.#awaitBusy() : this.#takeIdle();
    this.#busy.add(container);
    const result = await container.invoke(requestId, payload);
    this.#release(container);
    return result;
  }

  /** Lets new invocations start in new containers: the code has changed. Running ones end as they are. */
  async recycle(): Promise<void> {
    const idle = this.#idle;
    this.#idle = [];
    this.#busy.clear();
    for (const next of this.#waiting.splice(0)) {
      const container = this.#takeIdle();
      this.#busy.add(container);
      next(container);
    }
    await Promise.all(idle.map((container) => container.stop()));
  }

  async stop(): Promise<void> {
    const all = [...this.#idle, ...this.#busy];
    this.#idle = [];
    this.#busy.clear();
    await Promise.all(all.map((container) => container.stop()));
  }

  #awaitBusy(): Promise<Container> {
    return new Promise((resolve) => {
      const goElsewhere = (): void => {
        if (this.#busy.size >= this.#maxConcurrency) return;
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        resolve(this.#takeIdle());
      };
      const patienceMs = this.#idle.length > 0 ? PATIENCE_MS : COLD_PATIENCE_MS;
      const timer = setTimeout(goElsewhere, patienceMs);
      const take = (container: Container): void => {
        clearTimeout(timer);
        resolve(container);
      };
      this.#waiting.push(take);
    });
  }

  #takeIdle(): Container {
    for (;;) {
      const container = this.#idle.pop();
      if (container === undefined) return new Container(this.#options);
      if (!container.dead) return container;
    }
  }

  #release(container: Container): void {
    // A pool that was emptied meanwhile has forgotten this container: its code is an old one.
    if (!this.#busy.delete(container)) {
      void container.stop();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) {
      if (!container.dead) this.#idle.push(container);
      return;
    }
    const following = container.dead ? this.#takeIdle() : container;
    this.#busy.add(following);
    next(following);
  }
}
