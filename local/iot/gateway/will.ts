import type { ConnectedClient, Will } from './connection.ts';
import { publishFor } from './publish-for.ts';
import type { GatewayState } from './state.ts';

/**
 * Publishes the last will of a client that is gone: at once, or when its delay has passed or its session has
 * ended, whichever comes first [MQTT-3.1.3-9]; the session's end publishes what still waits (create-state.ts). A client that resumes the session in time takes it back.
 */
export function settleWill(gateway: GatewayState, client: ConnectedClient, will: Will): void {
  const { session } = client;
  const { delaySeconds } = will;
  if (delaySeconds === 0 || gateway.sessions.get(session.clientId) !== session) {
    publishWill(gateway, client, will);
    return;
  }
  const publish = (): void => {
    session.delayedWill = undefined;
    publishWill(gateway, client, will);
  };
  session.delayedWill = { timer: gateway.clock.schedule(delaySeconds * 1_000, publish), publish };
}

function publishWill(gateway: GatewayState, client: ConnectedClient, will: Will): void {
  if (gateway.closing) return;
  const verdict = publishFor(gateway, client, will);
  if (verdict === undefined) return;
  const { clientId } = client.identity;
  gateway.log({ event: 'failed', clientId, detail: `the last will was not published: ${verdict.detail}` });
}
