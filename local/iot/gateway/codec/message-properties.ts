import type { MessageProperties } from '../../message.ts';
import { protocolError } from './packet-fault.ts';
import type { Properties } from './properties.ts';

/** AWS: a message is kept for seven days at most, and for a second at least. */
const longestExpirySeconds = 604_800;
const shortestExpirySeconds = 1;

/**
 * The properties that travel with a message; undefined when it has none.
 *
 * @throws PacketFault for a response topic with wildcards [MQTT-3.3.2-14]
 */
export function messagePropertiesOf(properties: Readonly<Properties>): MessageProperties | undefined {
  const { payloadFormatIndicator, messageExpirySeconds, contentType, responseTopic } = properties;
  const { correlationData, userProperties } = properties;
  if (responseTopic !== undefined && /[+#]/.test(responseTopic)) {
    throw protocolError('a response topic with a wildcard [MQTT-3.3.2-14]');
  }
  const message: MessageProperties = {
    ...(payloadFormatIndicator === undefined ? {} : { payloadFormatIndicator }),
    ...(messageExpirySeconds === undefined
      ? {}
      : { messageExpirySeconds: expirySecondsOf(messageExpirySeconds) }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(userProperties === undefined ? {} : { userProperties }),
  };
  return Object.keys(message).length === 0 ? undefined : message;
}

/** AWS's expiry for what a publisher asks: 0 becomes a second, more than seven days become seven days. */
export function expirySecondsOf(asked: number): number {
  return Math.min(Math.max(asked, shortestExpirySeconds), longestExpirySeconds);
}
