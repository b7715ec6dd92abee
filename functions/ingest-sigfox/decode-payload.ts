import { once } from '../../shared/once.ts';
import type { DeviceType } from '../../shared/sigfox/device-type.ts';
import { storable, type Storable } from '../../shared/sigfox/item.ts';
import {
  compilePayloadDecoder,
  type DecodedPayload,
  type PayloadDecoder,
} from '../../shared/sigfox/payload-decoder.ts';
import { PayloadConfigError, PayloadError } from '../../shared/sigfox/payload-errors.ts';

/** What became of a message's payload. */
export type Decoding =
  /** Its kind has no payload config: the message is its digits. */
  | { readonly kind: 'raw' }
  | { readonly kind: 'decoded'; readonly payload: DecodedPayload }
  | { readonly kind: 'undecodable'; readonly problem: Problem };

/** Why a payload could not be decoded: of the config, or of the message. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The field of the config; empty where it is no single one. */
  readonly field: string;
}

/** Compiled configs that a container keeps: one for each kind of device, and a few old ones. */
const MAX_COMPILED = 500;

/** Decodes payloads by the configs of their kinds, each compiled once. */
export class PayloadDecoders {
  readonly #compiled = new Map<string, () => PayloadDecoder>();

  decode({ payloadConfig }: DeviceType, data: string): Decoding {
    if (payloadConfig === undefined) return { kind: 'raw' };
    try {
      return { kind: 'decoded', payload: this.#decoder(payloadConfig)(data) };
    } catch (error) {
      if (!(error instanceof PayloadConfigError) && !(error instanceof PayloadError)) throw error;
      const { code, message, field } = error;
      return { kind: 'undecodable', problem: { code, message, field } };
    }
  }

  /**
   * Whether an uplink's payload repeats a downlink: every field of the echo config has the same value in both.
   *
   * @throws PayloadConfigError or PayloadError when the config cannot read a downlink.
   */
  isEcho(echoConfig: string, downlinkData: string, uplink: DecodedPayload): boolean {
    const wanted = Object.entries(this.#decoder(echoConfig)(downlinkData));
    return wanted.every(([name, value]) => Object.hasOwn(uplink, name) && uplink[name] === value);
  }

  #decoder(config: string): PayloadDecoder {
    let decoder = this.#compiled.get(config);
    if (decoder === undefined) {
      decoder = once(() => compilePayloadDecoder(config));
      if (this.#compiled.size >= MAX_COMPILED) this.#compiled.clear();
      this.#compiled.set(config, decoder);
    }
    return decoder();
  }
}

/** Decoded values as they are stored and published: integers beyond a double as decimal text. */
export function storableValues(payload: DecodedPayload): Readonly<Record<string, Storable>> {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, storable(value, name)]));
}
