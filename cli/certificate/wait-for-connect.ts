import type { MqttClient } from 'mqtt';
import { z } from 'zod';
import { askForAttempts } from '../why/attempts.ts';

const eventSchema = z.object({ principalIdentifier: z.string() });

/** Where AWS IoT tells that a client has connected. */
const CONNECTED = '$aws/events/presence/connected/#';

/** Listens for the connections of a certificate. What comes before `connected` is called is not lost. */
export async function listenForConnect(client: MqttClient) {
  const waiting = new Map<string, () => void>();
  const seen = new Set<string>();
  client.on('message', (_topic, payload) => {
    const principal = principalOf(payload);
    if (principal === undefined) return;
    seen.add(principal);
    waiting.get(principal)?.();
  });
  await client.subscribeAsync(CONNECTED, { qos: 1 });
  return {
    /**
     * Resolves with true as soon as the certificate has connected since the listening began; with false after
     * `seconds`, or as soon as nothing is heard any more because the connection has ended.
     */
    async connected(certificateId: string, seconds: number): Promise<boolean> {
      if (seen.has(certificateId)) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.set(certificateId, () => resolve(true));
      const end = (): void => resolve(false);
      const tooLong = setTimeout(end, seconds * 1_000);
      client.once('close', end);
      if (!client.connected) end();
      try {
        return await promise;
      } finally {
        clearTimeout(tooLong);
        client.off('close', end);
        waiting.delete(certificateId);
      }
    },
  };
}

/** Whether the cloud remembers that it has let the certificate connect: also while nobody listened. */
export async function hasConnected(endpointUrl: string, certificateId: string): Promise<boolean> {
  const { attempts = [] } = await askForAttempts(endpointUrl, certificateId);
  return attempts.some(
    ({ explanation }) => explanation.outcome === 'allowed' && explanation.action === 'iot:Connect',
  );
}

/** The certificate in an event; undefined where there is none. */
export function principalOf(payload: Uint8Array): string | undefined {
  try {
    const parsed = eventSchema.safeParse(JSON.parse(Buffer.from(payload).toString()));
    return parsed.success ? parsed.data.principalIdentifier : undefined;
  } catch {
    return undefined;
  }
}
