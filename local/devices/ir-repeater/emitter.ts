import { isDeepStrictEqual } from 'node:util';
import { durationMs, type IrCode, type Sendir } from '../../../shared/greenhouse/sendir.ts';
import type { Clock, Timer } from '../../clock.ts';

/** A code that has left the repeater. */
export interface Emission {
  readonly connector: string;
  readonly id: number;
  readonly code: IrCode;
  /** The client's number, from 1 on. */
  readonly client: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** A later command, or `stopir`, has cut it short. */
  readonly isInterrupted: boolean;
}

interface Sending {
  readonly sendir: Sendir;
  readonly client: number;
  readonly startedAtMs: number;
  readonly timer: Timer;
}

/**
 * One infrared connector. It holds the line for as long as the code lasts, carrier period by carrier period.
 *
 * - Another client's command meanwhile is answered `busyIR`.
 * - The same command of the same client goes on without a gap; any other interrupts. In both cases the one before
 *   gets no answer of its own, because it never came to its end.
 */
export class Emitter {
  readonly #clock: Clock;
  readonly #onEmission: (emission: Emission) => void;
  #sending: Sending | undefined;

  constructor(clock: Clock, onEmission: (emission: Emission) => void) {
    this.#clock = clock;
    this.#onEmission = onEmission;
  }

  /**
   * Begins to send.
   *
   * @param onEnd is called when the last repeat has left, and not at all if it is cut short
   * @returns whether it was taken; false: another client is sending.
   */
  send(sendir: Sendir, client: number, onEnd: () => void): boolean {
    const current = this.#sending;
    if (current !== undefined && current.client !== client) return false;
    const goesOn = current !== undefined && isDeepStrictEqual(current.sendir.code, sendir.code);
    // What goes on without a gap is one emission.
    const startedAtMs = goesOn ? current.startedAtMs : this.#clock.now();
    if (goesOn) current.timer.cancel();
    else this.stop();
    const timer = this.#clock.schedule(durationMs(sendir.code), () => {
      this.#end(false);
      onEnd();
    });
    this.#sending = { sendir, client, startedAtMs, timer };
    return true;
  }

  /** Cuts short what is being sent. */
  stop(): void {
    if (this.#sending === undefined) return;
    this.#sending.timer.cancel();
    this.#end(true);
  }

  #end(isInterrupted: boolean): void {
    const sending = this.#sending;
    if (sending === undefined) return;
    this.#sending = undefined;
    const { sendir, client, startedAtMs } = sending;
    this.#onEmission({ ...sendir, client, startedAtMs, endedAtMs: this.#clock.now(), isInterrupted });
  }
}
