import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunningCloud } from '../../local/running.ts';
import { withCloud } from '../cloud-under-test.ts';
import { playFleet, type FleetLoadResult, type FleetLoadTask } from '../fleet-load-task.ts';
import { registerFleet, type Fleet } from '../fleet.ts';
import { IotApi } from '../iot-api.ts';
import type { BenchCase, Measurement } from '../measurement.ts';
import { findMosquitto, withMosquitto } from '../mosquitto.ts';

const DEVICES = 1_000;
const PER_SECOND = 20_000;
const CONFIRMED = 10_000;

export const gateway: BenchCase = {
  name: 'gateway',
  summary: '1,000 devices over mutual TLS with policies, beside mosquitto',
  run: () => withCloud(({ cloud }) => measure(cloud)),
};

async function measure(cloud: RunningCloud): Promise<Measurement[]> {
  const api = new IotApi(cloud.endpointUrl);
  const fleet = await registerFleet(api, DEVICES);
  api.close();
  const task: FleetLoadTask = {
    ...fleet,
    port: Number(new URL(cloud.mqttsUrl).port),
    ca: readFileSync(cloud.caFile, 'utf8'),
    perSecond: PER_SECOND,
    rounds: 5,
    roundSeconds: 1.5,
    floodMessages: 200_000,
    confirmedMessages: CONFIRMED,
    confirmedPerSecond: 2_500,
  };
  const own = await playFleet(task);
  const peer = await playAgainstMosquitto(task, cloud);
  return rows(fleet, own, peer);
}

/** The same clients with the same certificates; the broker shows the cloud's own. */
async function playAgainstMosquitto(
  task: FleetLoadTask,
  { caFile }: RunningCloud,
): Promise<FleetLoadResult | undefined> {
  const program = findMosquitto();
  if (program === undefined) return undefined;
  const folder = path.dirname(caFile);
  const files = {
    ca: caFile,
    cert: path.join(folder, 'server.pem'),
    key: path.join(folder, 'server.key.pem'),
  };
  return withMosquitto(program, files, (port) => playFleet({ ...task, port }));
}

function rows(fleet: Fleet, own: FleetLoadResult, peer: FleetLoadResult | undefined): Measurement[] {
  const without = peer === undefined ? ' (mosquitto is not installed)' : '';
  const beside = (read: (result: FleetLoadResult) => number): Pick<Measurement, 'against'> =>
    peer === undefined ? {} : { against: { what: 'mosquitto', value: read(peer) } };
  return [
    {
      what: 'CreateThing by the API, eight at a time',
      value: fleet.thingsPerSecond,
      unit: 'a second',
    },
    {
      what: `${DEVICES.toLocaleString('en-GB')} devices connected over mutual TLS, each with its certificate`,
      value: own.connectSeconds,
      unit: 's',
      ...beside(({ connectSeconds }) => connectSeconds),
    },
    {
      what: `their messages at QoS 0, ${PER_SECOND.toLocaleString('en-GB')} a second offered`,
      value: own.perSecond,
      unit: 'a second',
      ...beside(({ perSecond }) => perSecond),
      bound: { of: 'value', at: 'least', limit: PER_SECOND * 0.99 },
    },
    {
      what: 'from when a message was due to its watcher, p99',
      value: own.p99Ms,
      unit: 'ms',
      ...beside(({ p99Ms }) => p99Ms),
      bound: { of: 'value', at: 'most', limit: 50 },
    },
    {
      what: 'the same, p50',
      value: own.p50Ms,
      unit: 'ms',
      ...beside(({ p50Ms }) => p50Ms),
    },
    {
      what: 'lost of those at QoS 0',
      value: own.lost,
      unit: 'messages',
      bound: { of: 'value', at: 'most', limit: 0 },
    },
    {
      what: `as many as go through at QoS 0, ten to a write${without}`,
      value: own.floodPerSecond,
      unit: 'a second',
      ...beside(({ floodPerSecond }) => floodPerSecond),
    },
    {
      what: `lost or unconfirmed of ${CONFIRMED.toLocaleString('en-GB')} at QoS 1`,
      value: own.confirmedLost + own.unacknowledged,
      unit: 'messages',
      bound: { of: 'value', at: 'most', limit: 0 },
    },
  ];
}
