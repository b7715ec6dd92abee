import { readFileSync } from 'node:fs';
import { connectAsync, type MqttClient } from 'mqtt';
import type { RunningCloud } from '../../../local/running.ts';
import type { Identity } from './authority.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** One try of a device to connect: the client, or undefined where the cloud closed the connection. */
export async function tryToConnect(
  { mqttsUrl, caFile }: RunningCloud,
  clientId: string,
  { certificatePem, privateKeyPem }: Identity,
  caPem: string,
): Promise<MqttClient | undefined> {
  try {
    return await connectAsync(
      mqttsUrl,
      {
        clientId,
        // Leaf and CA: that is what devices send whose SNI AWS IoT does not know.
        cert: certificatePem + caPem,
        key: privateKeyPem,
        ca: readFileSync(caFile),
        protocolVersion: 4,
        reconnectPeriod: 0,
        connectTimeout: CONNECT_TIMEOUT_MS,
      },
      false,
    );
  } catch {
    return undefined;
  }
}
