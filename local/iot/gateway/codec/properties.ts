import type { ByteReader } from './byte-reader.ts';
import { protocolError } from './packet-fault.ts';

/** The properties of MQTT 5 (§2.2.2.2) that a client may send, in any packet. */
export interface Properties {
  payloadFormatIndicator?: boolean;
  messageExpirySeconds?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  subscriptionIdentifier?: number;
  sessionExpirySeconds?: number;
  authenticationMethod?: string;
  authenticationData?: Uint8Array;
  requestProblemInformation?: boolean;
  willDelaySeconds?: number;
  requestResponseInformation?: boolean;
  receiveMaximum?: number;
  topicAliasMaximum?: number;
  topicAlias?: number;
  maximumPacketBytes?: number;
  reasonString?: string;
  userProperties?: [string, string][];
}

export const propertyIds = {
  payloadFormatIndicator: 0x01,
  messageExpiryInterval: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionIdentifier: 0x0b,
  sessionExpiryInterval: 0x11,
  assignedClientIdentifier: 0x12,
  serverKeepAlive: 0x13,
  authenticationMethod: 0x15,
  authenticationData: 0x16,
  requestProblemInformation: 0x17,
  willDelayInterval: 0x18,
  requestResponseInformation: 0x19,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQos: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
  wildcardSubscriptionAvailable: 0x28,
  subscriptionIdentifierAvailable: 0x29,
  sharedSubscriptionAvailable: 0x2a,
} as const;

const ids = propertyIds;
type Take = (into: Properties, reader: ByteReader) => void;

/** How each property is read. All but the user property may come once only. */
const takes: ReadonlyMap<number, Take> = new Map<number, Take>([
  [ids.payloadFormatIndicator, (into, reader) => (into.payloadFormatIndicator = flag(reader))],
  [ids.messageExpiryInterval, (into, reader) => (into.messageExpirySeconds = reader.uint32())],
  [ids.contentType, (into, reader) => (into.contentType = reader.text())],
  [ids.responseTopic, (into, reader) => (into.responseTopic = reader.text())],
  [ids.correlationData, (into, reader) => (into.correlationData = Uint8Array.from(reader.binary()))],
  [
    ids.subscriptionIdentifier,
    (into, reader) => (into.subscriptionIdentifier = notZero(reader.variableInteger())),
  ],
  [ids.sessionExpiryInterval, (into, reader) => (into.sessionExpirySeconds = reader.uint32())],
  [ids.authenticationMethod, (into, reader) => (into.authenticationMethod = reader.text())],
  [ids.authenticationData, (into, reader) => (into.authenticationData = Uint8Array.from(reader.binary()))],
  [ids.requestProblemInformation, (into, reader) => (into.requestProblemInformation = flag(reader))],
  [ids.willDelayInterval, (into, reader) => (into.willDelaySeconds = reader.uint32())],
  [ids.requestResponseInformation, (into, reader) => (into.requestResponseInformation = flag(reader))],
  [ids.reasonString, (into, reader) => (into.reasonString = reader.text())],
  [ids.receiveMaximum, (into, reader) => (into.receiveMaximum = notZero(reader.uint16()))],
  [ids.topicAliasMaximum, (into, reader) => (into.topicAliasMaximum = reader.uint16())],
  [ids.topicAlias, (into, reader) => (into.topicAlias = reader.uint16())],
  [ids.userProperty, (into, reader) => (into.userProperties ??= []).push([reader.text(), reader.text()])],
  [ids.maximumPacketSize, (into, reader) => (into.maximumPacketBytes = notZero(reader.uint32()))],
]);

const messageIds = [
  ids.payloadFormatIndicator,
  ids.messageExpiryInterval,
  ids.contentType,
  ids.responseTopic,
  ids.correlationData,
  ids.userProperty,
];

/** Which properties a packet may have (§2.2.2.2, table 2-4). */
export const allowedProperties = {
  connect: new Set<number>([
    ids.sessionExpiryInterval,
    ids.authenticationMethod,
    ids.authenticationData,
    ids.requestProblemInformation,
    ids.requestResponseInformation,
    ids.receiveMaximum,
    ids.topicAliasMaximum,
    ids.userProperty,
    ids.maximumPacketSize,
  ]),
  will: new Set<number>([...messageIds, ids.willDelayInterval]),
  publish: new Set<number>([...messageIds, ids.topicAlias]),
  puback: new Set<number>([ids.reasonString, ids.userProperty]),
  subscribe: new Set<number>([ids.subscriptionIdentifier, ids.userProperty]),
  unsubscribe: new Set<number>([ids.userProperty]),
  disconnect: new Set<number>([ids.sessionExpiryInterval, ids.reasonString, ids.userProperty]),
} as const;

/** What a packet without properties has. */
export const noProperties: Readonly<Properties> = Object.freeze({});

/**
 * Reads the length of the properties and the properties themselves.
 *
 * @throws PacketFault for one that is unknown, not allowed here, there twice, or out of its range
 */
export function readProperties(packet: ByteReader, allowed: ReadonlySet<number>): Readonly<Properties> {
  const length = packet.variableInteger();
  if (length === 0) return noProperties;
  const reader = packet.part(length);
  const properties: Properties = {};
  const seen = new Set<number>();
  while (reader.remaining > 0) {
    const id = reader.variableInteger();
    const take = allowed.has(id) ? takes.get(id) : undefined;
    if (take === undefined) throw protocolError(`property 0x${id.toString(16)} is not allowed here`);
    if (seen.has(id) && id !== ids.userProperty) {
      throw protocolError(`property 0x${id.toString(16)} comes twice`);
    }
    seen.add(id);
    take(properties, reader);
  }
  return properties;
}

function flag(reader: ByteReader): boolean {
  const byte = reader.uint8();
  if (byte > 1) throw protocolError(`a property that is 0 or 1 is ${byte}`);
  return byte === 1;
}

function notZero(value: number): number {
  if (value === 0) throw protocolError('a property that must not be 0 is 0');
  return value;
}
