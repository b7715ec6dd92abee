import { Buffer } from 'node:buffer';
import type { MessageProperties } from '../../message.ts';
import { binary, text, uint16, uint32, variableIntegerBytes, writeVariableInteger } from './packet-writer.ts';
import { propertyIds as ids } from './properties.ts';

/** Collects the properties of one MQTT 5 packet; what is undefined is left out. */
export class PropertyWriter {
  readonly #parts: Uint8Array[] = [];

  flag(id: number, value: boolean | undefined): this {
    if (value !== undefined) this.#parts.push(Uint8Array.of(id, value ? 1 : 0));
    return this;
  }

  uint16(id: number, value: number | undefined): this {
    return value === undefined ? this : this.#add(id, uint16(value));
  }

  uint32(id: number, value: number | undefined): this {
    return value === undefined ? this : this.#add(id, uint32(value));
  }

  text(id: number, value: string | undefined): this {
    return value === undefined ? this : this.#add(id, text(value));
  }

  binary(id: number, value: Uint8Array | undefined): this {
    return value === undefined ? this : this.#add(id, binary(value));
  }

  userProperties(pairs: readonly (readonly [string, string])[] | undefined): this {
    for (const [name, value] of pairs ?? [])
      this.#add(ids.userProperty, Buffer.concat([text(name), text(value)]));
    return this;
  }

  /** The length of the properties, then the properties. */
  finish(): Buffer {
    const properties = Buffer.concat(this.#parts);
    const bytes = Buffer.allocUnsafe(variableIntegerBytes(properties.length) + properties.length);
    properties.copy(bytes, writeVariableInteger(bytes, properties.length, 0));
    return bytes;
  }

  #add(id: number, value: Uint8Array): this {
    this.#parts.push(Uint8Array.of(id), value);
    return this;
  }
}

const noProperties = Buffer.from([0]);

/** The properties of a PUBLISH; the message's own expiry gives way to what is left of it. */
export function publishProperties(
  properties: MessageProperties | undefined,
  expirySeconds: number | undefined,
): Buffer {
  if (properties === undefined) return noProperties;
  return new PropertyWriter()
    .flag(ids.payloadFormatIndicator, properties.payloadFormatIndicator)
    .uint32(ids.messageExpiryInterval, expirySeconds)
    .text(ids.contentType, properties.contentType)
    .text(ids.responseTopic, properties.responseTopic)
    .binary(ids.correlationData, properties.correlationData)
    .userProperties(properties.userProperties)
    .finish();
}
