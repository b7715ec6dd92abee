import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  ResourceNotFoundException,
  type IoTDataPlaneClient,
} from '@aws-sdk/client-iot-data-plane';
import type { Call } from './registry.ts';

/** The connections of devices, by client id. */
export interface Connections {
  /** Ends a client's connection and session, if it has any. */
  cut(clientId: string): Promise<void>;
  /** When a client was last connected, in milliseconds since the epoch; undefined: AWS IoT does not know. */
  lastConnectedMs(clientId: string): Promise<number | undefined>;
}

/**
 * Connections by AWS IoT's data plane.
 *
 * A certificate that is not ACTIVE any more loses its connections by itself, but only within minutes: the gateway keeps
 * what it has decided for a while. DeleteConnection ends them now. Whoever comes back within those minutes is ended by
 * AWS IoT itself, and what was queued for the device is gone with its session. Its last will is not published: from
 * here on nothing is said in the device's name. That it is away, its `disconnected` event tells.
 */
export function createConnections(client: IoTDataPlaneClient, now: () => number, call: Call): Connections {
  return {
    async cut(clientId) {
      const command = new DeleteConnectionCommand({ clientId, cleanSession: true, preventWillMessage: true });
      try {
        await call(() => client.send(command));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },

    async lastConnectedMs(clientId) {
      try {
        const command = new GetConnectionCommand({ clientId });
        const { connected, disconnectedSince } = await call(() => client.send(command));
        return connected === true ? now() : disconnectedSince;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}
