import { PublishCommand, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';

/** Publishes `message` as JSON on `topic`, QoS 1. Publishing is always the last step: store first. */
export async function publishJson(
  client: IoTDataPlaneClient,
  topic: string,
  message: unknown,
): Promise<void> {
  await client.send(new PublishCommand({ topic, qos: 1, payload: JSON.stringify(message) }));
}
