import type { IotMessage } from '../../../../local/iot/message.ts';
import { type MessageContext, Payload } from '../../../../local/iot/rules/sql/context.ts';

/** A message from an MQTT device; `payload` is text, bytes, or anything that JSON can write. */
export function messageOn(topic: string, payload: unknown, changes: Partial<IotMessage> = {}): IotMessage {
  return {
    topic,
    payload: bytesOf(payload),
    qos: 0,
    retain: false,
    publisher: { protocol: 'MQTT', clientId: 'device-1', principal: 'certificate-1', sourceIp: '127.0.0.1' },
    traceId: 'trace-1',
    republishes: 0,
    ...changes,
  };
}

export function contextOf(payload: unknown, changes: Partial<MessageContext> = {}): MessageContext {
  return {
    payload: new Payload(bytesOf(payload)),
    topic: 'a/b',
    accountId: '000000000000',
    nowMs: 1_700_000_000_000,
    newUuid: () => '00000000-0000-4000-8000-000000000000',
    random: () => 0.5,
    ...changes,
  };
}

export function bytesOf(payload: unknown): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
}
