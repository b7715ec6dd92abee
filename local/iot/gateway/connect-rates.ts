import { Rate } from './rate.ts';

/** More client ids than this within a second are not told apart. */
const rememberedClients = 10_000;

/** How often each client id has sent a CONNECT in the present second. */
export class ConnectRates {
  readonly #perSecond: number;
  #rates = new Map<string, Rate>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Counts one CONNECT; false when it is one too many. */
  take(clientId: string, nowMs: number): boolean {
    if (this.#perSecond === Infinity) return true;
    if (this.#rates.size >= rememberedClients) this.#rates = new Map();
    const rate = this.#rates.get(clientId) ?? new Rate(this.#perSecond);
    this.#rates.set(clientId, rate);
    return rate.take(nowMs);
  }
}
