import { randomUUID } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { errorText } from '../shared/errors.ts';
import { CommandError } from './errors.ts';

/**
 * Connects to the running cloud's gateway. The client does not come back by itself: when the cloud ends, so
 * does the command.
 *
 * @throws CommandError with the code MQTT_UNREACHABLE
 */
export async function connectMqtt(mqttUrl: string): Promise<MqttClient> {
  try {
    return await connectAsync(
      mqttUrl,
      {
        clientId: `glasshouse-cli-${randomUUID()}`,
        clean: true,
        protocolVersion: 4,
        reconnectPeriod: 0,
        connectTimeout: 5_000,
      },
      false,
    );
  } catch (error) {
    throw new CommandError(
      'MQTT_UNREACHABLE',
      `the running cloud does not answer at ${mqttUrl}: ${errorText(error) || 'no connection'}; is it still starting or stopping?`,
      { cause: error, retryable: true },
    );
  }
}

/**
 * Does `work` on a connection, and fails as soon as the cloud closes the connection: that is how MQTT 3.1.1
 * refuses, and how a cloud ends.
 *
 * @param why what the cloud may have refused, as a clause.
 * @throws CommandError with the code MQTT_CLOSED
 */
export async function untilClosed<Result>(
  client: MqttClient,
  why: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const closed = Promise.withResolvers<never>();
  const onClose = () =>
    closed.reject(new CommandError('MQTT_CLOSED', `the cloud closed the connection: it ended, or ${why}`));
  client.on('close', onClose);
  // The close says the same, later and for certain.
  client.on('error', ignore);
  try {
    return await Promise.race([work(), closed.promise]);
  } finally {
    client.off('close', onClose);
    await client.endAsync(!client.connected);
  }
}

function ignore(): void {}
