import type { MqttClient } from 'mqtt';
import type { Door } from '../../local/devices/sigfox/door.ts';
import type { RunningCloud } from '../../local/running.ts';
import { CALLBACK_MEMBER } from '../../shared/sigfox/callback-type.ts';
import { CALLBACK_TOPIC } from '../../shared/sigfox/topics.ts';
import { CommandError } from '../errors.ts';

/** The HTTP door of the running cloud, up to the callback's type. @throws CommandError NO_HTTP_API */
export function ownDoor({ httpApiUrl }: RunningCloud): string {
  if (httpApiUrl !== undefined) return `${httpApiUrl.replace(/\/$/, '')}/sigfox`;
  throw new CommandError(
    'NO_HTTP_API',
    'the running cloud has no HTTP API: name a door with --url, or take --door iot',
  );
}

/** The AWS IoT connector: what is published is taken, and nothing is answered. */
export function mqttDoor(client: MqttClient): Door {
  return async ({ type, variables }) => {
    const body = JSON.stringify({ ...variables, [CALLBACK_MEMBER]: type });
    await client.publishAsync(CALLBACK_TOPIC, body, { qos: 1 });
    return { status: 204, body: '' };
  };
}
