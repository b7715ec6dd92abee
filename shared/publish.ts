import { PublishCommand, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';

/**
 * Publishes `message` as JSON on `topic`, QoS 1. Publishing is always the last step: store first.
 *
 * @param options `retain`: the message is kept for whoever asks later; it needs `iot:RetainPublish`
 */
export async function publishJson(
  client: IoTDataPlaneClient,
  topic: string,
  message: unknown,
  { retain = false }: { readonly retain?: boolean } = {},
): Promise<void> {
  const payload = JSON.stringify(message);
  await client.send(new PublishCommand({ topic, qos: 1, payload, ...(retain ? { retain } : {}) }));
}
