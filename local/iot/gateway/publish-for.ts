import { Buffer } from 'node:buffer';
import { errorText } from '../../../shared/errors.ts';
import type { ClientMessage, ConnectedClient } from './connection.ts';
import type { GatewayState } from './state.ts';
import { end, unauthorised } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Publishes in a client's name, if its policy allows it: an inbound PUBLISH, or its last will. */
export function publishFor(gateway: GatewayState, client: ConnectedClient, message: ClientMessage): Verdict {
  const { topic, payload, qos, retain, properties } = message;
  if (!client.link.permissions.mayPublish(topic, retain)) {
    return unauthorised(`not allowed to publish${retain ? ' a retained message' : ''} to ${topic}`);
  }
  // A message that may be kept must not hold on to the 64 KB that it was read with.
  const own = qos === 1 || retain ? Buffer.from(payload) : payload;
  const { publisher } = client;
  const traceId = gateway.uuid();
  try {
    gateway.publish(
      properties === undefined
        ? { topic, payload: own, qos, retain, publisher, traceId, republishes: 0 }
        : { topic, payload: own, qos, retain, publisher, traceId, republishes: 0, properties },
    );
  } catch (thrown) {
    return end('SERVER_ERROR', `a message to ${topic} could not be taken in: ${errorText(thrown)}`);
  }
  return undefined;
}
