import { z } from 'zod';
import type { Clock, Timer } from '../../clock.ts';
import { Delivery } from './delivery.ts';
import { SIMULATED_DEVICE_TYPE, type SimulatedDevice } from './device.ts';
import type { Door, DoorAnswer } from './door.ts';
import { NO_FAULTS, type Faults } from './faults.ts';

/** All receptions of a message have been merged after so long. */
const ADVANCED_AFTER_MS = 25_000;

/** A device that asks for a downlink listens from here on. */
const DOWNLINK_AFTER_MS = 20_000;

/** Sigfox says what became of a downlink once the device has stopped listening. */
const ACKNOWLEDGE_AFTER_MS = 50_000;

const ACKED = { infoCode: 0, infoMessage: 'Acked', downlinkAck: true } as const;
const NO_ANSWER = { infoCode: 1, infoMessage: 'No answer', downlinkAck: false } as const;
const INVALID_PAYLOAD = { infoCode: 2, infoMessage: 'Invalid payload', downlinkAck: false } as const;

const answerSchema = z.record(
  z.string(),
  z.object({ downlinkData: z.string().optional(), noData: z.boolean().optional() }),
);

/** A message as a device has sent it. */
export interface SentMessage {
  readonly device: string;
  /** Epoch seconds. */
  readonly time: number;
  readonly seqNumber: number;
  readonly data: string;
}

export interface NetworkOptions {
  readonly clock: Clock;
  readonly door: Door;
  /** From 0 on, under 1. */
  readonly random: () => number;
  /** @default none */
  readonly faults?: Partial<Faults>;
  /** Whether answers can carry downlinks; Sigfox's AWS IoT connector gets none. @default true */
  readonly bidirectional?: boolean;
  /** So many messages are sent by devices that run, and no more. @default without end */
  readonly maxMessages?: number;
}

/**
 * The Sigfox network between devices and a backend: base stations, callbacks with their retries, the merged
 * receptions 25 s later, and the window in which a device listens.
 */
export class SigfoxNetwork {
  /** Every message that a device has sent, in their order. */
  readonly sent: SentMessage[] = [];
  readonly delivery: Delivery;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #faults: Faults;
  readonly #bidirectional: boolean;
  readonly #maxMessages: number;
  readonly #timers = new Set<Timer>();

  constructor({ clock, door, random, faults, bidirectional = true, maxMessages = Infinity }: NetworkOptions) {
    this.#maxMessages = maxMessages;
    this.#clock = clock;
    this.#random = random;
    this.#faults = { ...NO_FAULTS, ...faults };
    this.#bidirectional = bidirectional;
    this.delivery = new Delivery({ clock, door, random, faults: this.#faults });
  }

  /** A device sends, and listens for a downlink if `ack`. */
  uplink(device: SimulatedDevice, ack = false): void {
    const time = Math.floor(this.#clock.now() / 1000);
    const { seqNumber, data } = device.measure(time * 1000);
    this.sent.push({ device: device.id, time, seqNumber, data });
    const message = { device: device.id, time, seqNumber, data, deviceTypeId: SIMULATED_DEVICE_TYPE };
    const asks = ack && this.#bidirectional;
    if (asks) {
      const variables = { ...message, ack: true, longPolling: false };
      this.delivery.send({ type: 'bidir', variables }, (answer) => this.#downlink(device, answer));
    } else {
      this.delivery.send({ type: 'uplink', variables: message });
    }
    this.#after(ADVANCED_AFTER_MS, () => this.#advanced(device.id, time, seqNumber));
  }

  /** A device sends every `intervalMs`, the first time after a part of it, and asks for a downlink every `askEvery` times. */
  run(device: SimulatedDevice, intervalMs: number, askEvery: number): void {
    let messages = 0;
    const next = (): void => {
      if (this.sent.length >= this.#maxMessages) return;
      messages += 1;
      this.uplink(device, askEvery > 0 && messages % askEvery === 0);
      this.#after(intervalMs, next);
    };
    this.#after(this.#random() * intervalMs, next);
  }

  /** No device sends any more; what is under way is not waited for. */
  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** What is left to happen by itself: messages to come, and callbacks that wait for their time. */
  get waiting(): number {
    return this.#timers.size + this.delivery.waiting;
  }

  #advanced(device: string, time: number, seqNumber: number): void {
    const stations = 1 + Math.floor(this.#random() * 3);
    const duplicates = Array.from({ length: stations }, (_, index) => ({
      bsId: (0x1a00 + index).toString(16).toUpperCase(),
      nbRep: 3,
      rssi: -Math.round(90 + this.#random() * 40),
      snr: Math.round(this.#random() * 300) / 10,
    }));
    const lqi = (['LIMIT', 'AVERAGE', 'GOOD'] as const)[stations - 1] ?? 'NA';
    const computedLocation = {
      lat: 47.9 + this.#random() / 10,
      lng: 1.9,
      radius: 2_500,
      source: 2,
      status: 1,
    };
    const told = { lqi, linkQuality: stations, operatorName: 'SIGFOX_France', countryCode: '250' };
    const variables = { device, time, seqNumber, ...told, duplicates, computedLocation };
    this.delivery.send({ type: 'data-advanced', variables });
  }

  #downlink(device: SimulatedDevice, answer: DoorAnswer | undefined): void {
    const offer = readOffer(device.id, answer);
    if (offer === 'none') return;
    const isSendable = offer !== undefined && /^[0-9A-Fa-f]{16}$/.test(offer);
    if (isSendable && this.#random() >= this.#faults.deaf) {
      this.#after(DOWNLINK_AFTER_MS, () => device.hear(offer));
    }
    const outcome = offer === undefined ? NO_ANSWER : isSendable ? ACKED : INVALID_PAYLOAD;
    this.#after(ACKNOWLEDGE_AFTER_MS, () => {
      const time = Math.floor(this.#clock.now() / 1000);
      const variables = { device: device.id, time, ...outcome, downlinkOverusage: false };
      this.delivery.send({ type: 'acknowledge', variables });
    });
  }

  #after(delayMs: number, work: () => void): void {
    const timer = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      work();
    });
    this.#timers.add(timer);
  }
}

/** The digits for this device; `none` where the answer says that there is nothing; undefined: no answer. */
function readOffer(device: string, answer: DoorAnswer | undefined): string | undefined {
  if (answer === undefined || answer.status >= 400) return undefined;
  if (answer.status === 204 || answer.body === '') return 'none';
  try {
    const own = answerSchema.parse(JSON.parse(answer.body))[device];
    return own?.downlinkData ?? 'none';
  } catch {
    return undefined;
  }
}
