import { compilePayloadEncoder, type PayloadEncoder } from '../../../shared/sigfox/payload-encoder.ts';

/** How simulated devices write their messages: the payload config of their kind. */
export const SIMULATED_PAYLOAD_CONFIG =
  'temperature::int:16:/100 humidity::uint:8:/2 battery::uint:8:*20 echo::uint:8';

/** How they repeat a downlink: its first byte. */
export const SIMULATED_ECHO_CONFIG = 'echo:0:uint:8';

/** The kind that they are of. */
export const SIMULATED_DEVICE_TYPE = 'glasshouse-simulated';

const SEQUENCE_NUMBERS = 4096;

const encode: () => PayloadEncoder = () => compilePayloadEncoder(SIMULATED_PAYLOAD_CONFIG);

/** A sensor that measures a room, and says what it last heard. */
export class SimulatedDevice {
  /** Hexadecimal, as Sigfox writes it. */
  readonly id: string;
  readonly heard: string[] = [];
  readonly #random: () => number;
  readonly #encode = encode();
  readonly #phase: number;
  #seqNumber: number;

  constructor(id: string, random: () => number, firstSeqNumber = 0) {
    this.id = id;
    this.#random = random;
    this.#phase = random() * 2 * Math.PI;
    this.#seqNumber = firstSeqNumber;
  }

  /** Its next message at `timeMs`: warmer by day, with a little noise. */
  measure(timeMs: number): { readonly seqNumber: number; readonly data: string } {
    const day = (timeMs / 86_400_000) * 2 * Math.PI;
    const temperature = 20 + 3 * Math.sin(day + this.#phase) + this.#random() - 0.5;
    const humidity = 50 - 10 * Math.sin(day + this.#phase) + this.#random() * 2;
    const echo = Number.parseInt(this.heard.at(-1)?.slice(0, 2) ?? '00', 16);
    const data = this.#encode({ temperature, humidity, battery: 3_000, echo });
    const seqNumber = this.#seqNumber;
    this.#seqNumber = (seqNumber + 1) % SEQUENCE_NUMBERS;
    return { seqNumber, data };
  }

  /** Takes a downlink: sixteen hexadecimal digits. */
  hear(data: string): void {
    this.heard.push(data);
  }

  /** Counts anew, as after new firmware. */
  reboot(): void {
    this.#seqNumber = 0;
  }
}
