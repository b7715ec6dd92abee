import type { MqttClient } from 'mqtt';
import { z } from 'zod';
import { CommandError } from '../errors.ts';

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
     * Resolves as soon as the certificate has connected since the listening began.
     *
     * @throws CommandError NOT_CONNECTED after `seconds`
     */
    async connected(certificateId: string, seconds: number): Promise<void> {
      if (seen.has(certificateId)) return;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.set(certificateId, resolve);
      const tooLong = setTimeout(() => {
        reject(
          new CommandError(
            'NOT_CONNECTED',
            `the certificate ${certificateId} has not connected within ${seconds} s: both it and the old one are ACTIVE`,
          ),
        );
      }, seconds * 1_000);
      try {
        await promise;
      } finally {
        clearTimeout(tooLong);
        waiting.delete(certificateId);
      }
    },
  };
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
