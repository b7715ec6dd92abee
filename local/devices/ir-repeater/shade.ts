import { isDeepStrictEqual } from 'node:util';
import type { IrCode } from '../../../shared/greenhouse/sendir.ts';
import type { Clock } from '../../clock.ts';

export interface SimulatedShadeOptions {
  readonly clock: Clock;
  /** How long it takes from one end stop to the other. */
  readonly travelMs: number;
  /** The codes that it obeys. With the same code for both it is a shade with one button: see `toggle`. */
  readonly codes: { readonly open: IrCode; readonly shaded: IrCode };
  /** 0 is open, 1 is drawn over the plants. @default 0 */
  readonly position?: number;
}

/**
 * A shade with a motor and two end stops, which sees infrared. It moves while nobody looks: its position is
 * computed from the clock.
 *
 * With one button, a press stops it when it moves, and lets it move the other way when it stands.
 */
export class SimulatedShade {
  readonly #clock: Clock;
  readonly #travelMs: number;
  readonly #codes: SimulatedShadeOptions['codes'];
  #from: number;
  #to: number;
  #sinceMs: number;

  constructor({ clock, travelMs, codes, position = 0 }: SimulatedShadeOptions) {
    this.#clock = clock;
    this.#travelMs = travelMs;
    this.#codes = codes;
    this.#from = position;
    this.#to = position;
    this.#sinceMs = clock.now();
  }

  /** From 0, open, to 1, drawn. */
  get position(): number {
    const way = Math.abs(this.#to - this.#from);
    const gone = this.#travelMs === 0 ? way : (this.#clock.now() - this.#sinceMs) / this.#travelMs;
    if (gone >= way) return this.#to;
    return this.#from + Math.sign(this.#to - this.#from) * gone;
  }

  get isMoving(): boolean {
    return this.position !== this.#to;
  }

  /** It sees every code; those of other devices it does not know. How often a code is repeated is nothing to it. */
  see(code: IrCode): void {
    const is = (own: IrCode): boolean =>
      own.frequencyHz === code.frequencyHz && isDeepStrictEqual(own.pulses, code.pulses);
    const { open, shaded } = this.#codes;
    if (is(open) && is(shaded)) this.#toggle();
    else if (is(open)) this.#move(0);
    else if (is(shaded)) this.#move(1);
  }

  #toggle(): void {
    if (this.isMoving) this.#move(this.position);
    else this.#move(this.#to >= 0.5 ? 0 : 1);
  }

  #move(to: number): void {
    this.#from = this.position;
    this.#to = to;
    this.#sinceMs = this.#clock.now();
  }
}
