import { availableParallelism } from 'node:os';
import { Container, type ContainerOptions, type InvocationResult } from './container.ts';
import { Homes } from './homes.ts';

/**
 * How long an invocation waits for a container that is at work before it goes to another that is warm. A
 * function has often answered, and its device already sent the next reading, a moment before its container is
 * free; going on in that one finds its memory warm.
 */
const PATIENCE_MS = 4;

/**
 * How long it waits where no other container is warm. A cold start costs a core this much at least; on a
 * machine with few of them, containers that start while others could do the work make everything slower.
 */
const COLD_PATIENCE_MS = 100;

/** Invocations that have lost patience, more than have not, before one more container is started for them. */
const CROWDED = 50;

interface Waiting {
  readonly key: string | undefined;
  /** Whether it has waited for so long that any container will do. */
  impatient: boolean;
  take(container: Container): void;
}

/**
 * The containers of one function: as few as do the work.
 *
 * Invocations that bear the same key run in the same container where they can. Lambda promises nothing of the
 * kind, and no function may need it; but one that remembers what it wrote finds that memory true, and on two
 * cores that is the difference between one request to a database and two.
 */
export class ContainerPool {
  readonly #options: ContainerOptions;
  readonly #maxConcurrency: number;
  /** Containers beyond this many are started only for invocations that wait for long. */
  readonly #maxSpare = availableParallelism();
  readonly #homes = new Homes<Container>();
  #idle: Container[] = [];
  readonly #busy = new Set<Container>();
  readonly #starting = new Set<Container>();
  /** Invocations that wait for a busy container, the first to be served first. */
  readonly #waiting: Waiting[] = [];
  #crowded = 0;

  /** @param maxConcurrency how many invocations run at once; more of them wait. */
  constructor(options: ContainerOptions, maxConcurrency = Number.POSITIVE_INFINITY) {
    this.#options = options;
    this.#maxConcurrency = maxConcurrency;
  }

  /**
   * Runs one invocation: in the container that its key ran in last, if that can be had, else in another.
   *
   * @param key what the function is likely to remember something of: the client that published.
   */
  async invoke(requestId: string, payload: string, key?: string): Promise<InvocationResult> {
    const container = this.#find(key) ?? (await this.#await(key));
    this.#busy.add(container);
    this.#homes.set(key, container);
    const result = await container.invoke(requestId, payload);
    this.#release(container);
    return result;
  }

  /** Lets new invocations start in new containers: the code has changed. Running ones end as they are. */
  async recycle(): Promise<void> {
    const old = [...this.#idle, ...this.#starting];
    this.#idle = [];
    this.#busy.clear();
    this.#starting.clear();
    this.#homes.clear();
    for (const next of this.#waiting.splice(0)) next.take(this.#takeIdle());
    await Promise.all(old.map((container) => container.stop()));
  }

  async stop(): Promise<void> {
    const all = [...this.#idle, ...this.#starting, ...this.#busy];
    this.#idle = [];
    this.#busy.clear();
    this.#starting.clear();
    await Promise.all(all.map((container) => container.stop()));
  }

  /** A container that can be had at once. */
  #find(key: string | undefined): Container | undefined {
    const home = this.#homes.of(key);
    const at = home === undefined ? -1 : this.#idle.indexOf(home);
    if (home !== undefined && at !== -1) {
      this.#idle.splice(at, 1);
      if (!home.dead) {
        this.#crowded = Math.max(0, this.#crowded - 1);
        return home;
      }
    }
    if (this.#busy.size === 0) return this.#takeIdle();
    const isFree = key !== undefined && home === undefined && this.#idle.length > 0;
    return isFree ? this.#takeIdle() : undefined;
  }

  #await(key: string | undefined): Promise<Container> {
    return new Promise((resolve) => {
      const goElsewhere = (): void => {
        if (this.#busy.size >= this.#maxConcurrency) return;
        waiting.take(this.#takeIdle());
      };
      const losePatience = (): void => {
        waiting.impatient = true;
        if (this.#idle.length > 0) {
          goElsewhere();
          return;
        }
        timer = setTimeout(goElsewhere, COLD_PATIENCE_MS - PATIENCE_MS);
        this.#countCrowded();
      };
      let timer = setTimeout(losePatience, PATIENCE_MS);
      const waiting: Waiting = {
        key,
        impatient: false,
        take: (container) => {
          clearTimeout(timer);
          const at = this.#waiting.indexOf(waiting);
          if (at !== -1) this.#waiting.splice(at, 1);
          this.#busy.add(container);
          this.#homes.set(key, container);
          resolve(container);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  #countCrowded(): void {
    this.#crowded += 1;
    const containers = this.#idle.length + this.#busy.size + this.#starting.size;
    if (this.#crowded < CROWDED || containers >= Math.min(this.#maxSpare, this.#maxConcurrency)) return;
    this.#crowded = 0;
    const container = new Container(this.#options);
    this.#starting.add(container);
    void container.ready.then(() => {
      if (this.#starting.delete(container)) this.#offer(container);
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
    this.#offer(container);
  }

  /** Gives a container to the first that waits and may run in it. */
  #offer(container: Container): void {
    if (container.dead) this.#homes.forget(container);
    const next = this.#waiting.find(({ key, impatient }) => {
      const home = this.#homes.of(key);
      return impatient || home === undefined || home === container;
    });
    if (next !== undefined) next.take(container.dead ? this.#takeIdle() : container);
    else if (!container.dead) this.#idle.push(container);
  }
}
