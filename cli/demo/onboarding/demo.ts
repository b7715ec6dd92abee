import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTClient } from '@aws-sdk/client-iot';
import type { RunningCloud } from '../../../local/running.ts';
import { cloudTime } from '../../devices/cloud-time.ts';
import { sdkConfig } from '../../devices/place.ts';
import { EXIT } from '../../errors.ts';
import { requireRunningCloud } from '../../running-cloud.ts';
import { visible } from '../../terminal.ts';
import type { Demo, DemoRequest } from '../demo.ts';
import { untilAborted, withOwnCloud } from '../own-cloud.ts';
import { Stage } from '../stage.ts';
import { placeOf, placeToStart, type Place } from './place.ts';
import { playOnboarding, STEPS } from './play.ts';

/** What the cloud told last. */
const KEPT = 20;

/** The walk-through of just-in-time registration, by AWS's own APIs and MQTT over TLS. */
export const demo: Demo = {
  async run(request) {
    const { terminal, isJson, isKept, signal } = request;
    if (isKept) {
      const cloud = requireRunningCloud(terminal);
      return untilAborted(signal, () => play(cloud, placeOf(cloud), request));
    }
    if (!isJson) await terminal.err.line(terminal.err.paint('dim', 'starts a cloud of its own …'));
    // "Hello" is no reading, as the cloud will say: that is for who wants to know why the demo failed.
    const told: string[] = [];
    const tell = (message: string): void =>
      void told.splice(0, told.length, ...told.slice(1 - KEPT), message);
    // It may take seconds: a cloud that is just starting can be stopped only when it has started.
    const hasHeard = (): void => void terminal.err.line(terminal.err.paint('dim', 'stops its cloud …'));
    signal.addEventListener('abort', hasHeard, { once: true });
    const code = await withOwnCloud({ tell, signal }, (cloud) =>
      play(cloud, placeToStart(cloud, terminal.env), request),
    ).finally(() => signal.removeEventListener('abort', hasHeard));
    if (code !== EXIT.done) for (const message of told) await terminal.err.line(`cloud: ${visible(message)}`);
    return code;
  },
};

async function play(
  cloud: RunningCloud,
  place: Place,
  { terminal, isJson, withCommands, signal }: DemoRequest,
): Promise<number> {
  const stage = new Stage({
    out: terminal.out,
    isJson,
    withCommands,
    signal,
    nowMs: () => performance.now(),
  });
  const iot = new IoTClient(sdkConfig(cloud));
  const dynamodb = new DynamoDBClient(sdkConfig(cloud));
  const nowMs = await cloudTime(cloud.endpointUrl);
  const suffix = randomBytes(3).toString('hex');
  try {
    await playOnboarding(stage, { cloud, iot, dynamodb, nowMs, sleep, suffix }, place);
    return (await stage.end(STEPS)) ? EXIT.done : EXIT.failed;
  } finally {
    iot.destroy();
    dynamodb.destroy();
  }
}
