import { systemClock } from '../../local/clock.ts';
import { SimulatedDevice } from '../../local/devices/sigfox/device.ts';
import { httpDoor, type Door } from '../../local/devices/sigfox/door.ts';
import { fastClock } from '../../local/devices/sigfox/fast-clock.ts';
import { NO_FAULTS, type Faults } from '../../local/devices/sigfox/faults.ts';
import { SigfoxNetwork } from '../../local/devices/sigfox/network.ts';
import type { Arguments } from '../arguments.ts';
import { EXIT } from '../errors.ts';
import { connectMqtt, untilClosed } from '../mqtt.ts';
import { requireRunningCloud } from '../running-cloud.ts';
import { counted, quoted, type Terminal } from '../terminal.ts';
import { basicHeader, cloudClock, registerDeviceType } from './cloud-side.ts';
import { mqttDoor, ownDoor } from './doors.ts';
import { watchDoor } from './watch-door.ts';
import { seededRandom } from '../../local/seeded-random.ts';

const MAX_DEVICES = 10_000;
const MAX_SPEED = 10_000;

/** How often a person is told how it goes. */
const REPORT_MS = 10_000;

/** One message of a device in so many asks for a downlink. */
const ASK_EVERY = 3;

/** What goes wrong with --trouble. */
const TROUBLE: Faults = { duplicates: 0.05, lateAnswers: 0.05, disorder: 0.02, failures: 0.01, deaf: 0.05 };

interface Plan {
  readonly devices: number;
  readonly intervalSeconds: number;
  readonly speed: number;
  readonly messages: number;
  readonly faults: Faults;
  readonly door: 'http' | 'iot';
  readonly url: string | undefined;
  readonly seed: number;
}

/** Plays the Sigfox network against the running cloud until it is interrupted, or has sent enough. */
export async function simulate(args: Arguments, terminal: Terminal): Promise<number> {
  const plan = readPlan(args);
  const cloud = requireRunningCloud(terminal);
  await registerDeviceType(cloud, plan.intervalSeconds);
  const url = plan.door === 'iot' ? undefined : (plan.url ?? ownDoor(cloud));
  const headers = url === undefined ? {} : await basicHeader(cloud);
  const client = await connectMqtt(cloud.mqttUrl);
  return untilClosed(client, 'it refuses the callbacks', async () => {
    const door = url === undefined ? mqttDoor(client) : httpDoor(url, headers);
    const before = plan.speed === 1 ? undefined : await cloudClock(cloud);
    const nowMs = before === undefined ? Date.now() : (await cloudClock(cloud, plan.speed)).nowMs;
    try {
      const failures = await play(plan, { door, bidirectional: url !== undefined, nowMs }, terminal);
      return failures === 0 ? EXIT.done : EXIT.failed;
    } finally {
      if (before !== undefined) await cloudClock(cloud, before.speed);
    }
  });
}

/** @returns callbacks that the door did not take; those that --trouble loses are none of them */
async function play(
  plan: Plan,
  { door, bidirectional, nowMs }: { door: Door; bidirectional: boolean; nowMs: number },
  { err }: Terminal,
): Promise<number> {
  const clock = fastClock(systemClock, plan.speed, nowMs);
  const random = seededRandom(plan.seed);
  const watched = watchDoor(door);
  const network = new SigfoxNetwork({
    clock,
    door: watched.door,
    random,
    faults: plan.faults,
    bidirectional,
    maxMessages: plan.messages,
  });
  const devices = Array.from(
    { length: plan.devices },
    (_, index) => new SimulatedDevice((0x1d_00_00 + index).toString(16).toUpperCase(), random),
  );
  for (const device of devices) network.run(device, plan.intervalSeconds * 1000, ASK_EVERY);
  const how = `${counted(plan.devices, 'device')}, each every ${plan.intervalSeconds} s at speed ${plan.speed}`;
  await err.line(err.paint('dim', `${how}; Ctrl-C ends`));

  const finished = Promise.withResolvers<void>();
  const stop = (): void => finished.resolve();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // Unlike the network's own timers, this one keeps the process.
  const watch = setInterval(() => network.sent.length >= plan.messages && stop(), 50);
  const tell = setInterval(() => void err.line(report(network)).catch(finished.reject), REPORT_MS);
  try {
    await finished.promise;
  } finally {
    clearInterval(watch);
    clearInterval(tell);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    network.stop();
    await network.delivery.idle();
  }
  const heard = devices.reduce((sum, device) => sum + device.heard.length, 0);
  await err.line(`${report(network)}, ${counted(heard, 'downlink')} heard`);
  const { count, last } = watched.failures;
  if (count > 0) await err.line(err.paint('red', `${counted(count, 'callback')} failed, the last: ${last}`));
  return count;
}

function report({ sent, delivery }: SigfoxNetwork): string {
  const { calls, retries, lost } = delivery.counts;
  const parts = [
    counted(sent.length, 'message'),
    counted(calls, 'callback'),
    counted(retries, 'retry', 'retries'),
  ];
  return `${parts.join(', ')}${lost === 0 ? '' : `, ${lost} given up`}`;
}

function readPlan(args: Arguments): Plan {
  const devices = args.count('devices') ?? 10;
  if (devices > MAX_DEVICES) throw args.wrong(`--devices takes at most ${MAX_DEVICES}`);
  const speedText = args.text('speed') ?? '1';
  const speed = Number(speedText);
  if (!(speed > 0 && speed <= MAX_SPEED)) {
    throw args.wrong(`--speed takes a number over 0 and up to ${MAX_SPEED}, not ${quoted(speedText)}`);
  }
  const url = args.text('url');
  if (url !== undefined && !/^https?:\/\/[^\s]+$/.test(url))
    throw args.wrong(`${quoted(url)} is no URL for --url`);
  return {
    devices,
    intervalSeconds: args.count('interval') ?? 600,
    speed,
    messages: args.count('messages') ?? Infinity,
    faults: args.flag('trouble') ? TROUBLE : NO_FAULTS,
    door: args.choice('door', ['http', 'iot']) ?? 'http',
    url,
    seed: args.count('seed') ?? 1,
  };
}
