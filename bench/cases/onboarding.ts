import { readFileSync } from 'node:fs';
import { AWS_THROTTLES } from '../../local/iot/registry/index.ts';
import type { RunningCloud } from '../../local/running.ts';
import { seededRandom } from '../../test/support/random.ts';
import { readStatus, withCloud } from '../cloud-under-test.ts';
import type { BenchCase, Measurement } from '../measurement.ts';
import { connectUntilLetIn, type BackOff, type Door } from '../onboarding-device.ts';
import { Maker, type NewDevice } from '../onboarding-maker.ts';
import { RequestWatch, watchActivations } from '../onboarding-watch.ts';

const DEVICES = 200;
const SINGLES = 3;
const PATIENCE_MS = 120_000;
const SEED = 20_261_121;

export const onboarding: BenchCase = {
  name: 'onboarding',
  summary: `${DEVICES} new devices at once through activation, at AWS's rates`,
  run: () => withCloud(({ cloud }) => measure(cloud), { GLASSHOUSE_RATES: 'aws' }),
};

async function measure(cloud: RunningCloud): Promise<Measurement[]> {
  const maker = await Maker.register(cloud);
  try {
    const door = { url: cloud.mqttsUrl, ca: readFileSync(cloud.caFile, 'utf8') };
    const singles = await maker.make(namesOf('single', SINGLES));
    const single = await measureSingles(cloud, maker, singles, door);
    const devices = await maker.make(namesOf('lamp', DEVICES));
    const storm = await measureStorm(cloud, devices, door);
    const found = await maker.registered();
    const all = [...singles, ...devices];
    const right = all.filter(({ name, certificateId }) => isOnly(found.things.get(certificateId), name));
    return rows({
      ...single,
      ...storm,
      inactive: all.length - found.active,
      wrongThings:
        all.length - right.length + Math.abs([...found.things.values()].flat().length - all.length),
    });
  } finally {
    maker.close();
  }
}

function namesOf(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${String(index).padStart(3, '0')}`);
}

function isOnly(names: readonly string[] | undefined, name: string): boolean {
  return names?.length === 1 && names[0] === name;
}

/** One device after the other, with nothing else to be done: what an activation asks of AWS IoT. */
async function measureSingles(cloud: RunningCloud, maker: Maker, devices: readonly NewDevice[], door: Door) {
  let callsAnActivation = 0;
  let callsARepeat = 0;
  const activations = await watchActivations(cloud.mqttUrl);
  const random = () => 0;
  // It does not come back before it is activated: a repeated event has a line of its own.
  const once: BackOff = { fromMs: 0, toMs: 0, random, patienceMs: 0 };
  // AWS takes one CONNECT a second of a client.
  const again: BackOff = { fromMs: 1_000, toMs: 1_000, random, patienceMs: 10_000 };
  for (const [index, device] of devices.entries()) {
    const before = await asked(cloud);
    await connectUntilLetIn(device, door, once).catch(() => undefined);
    await activations.all(index + 1, PATIENCE_MS);
    const after = await asked(cloud);
    const repeated = await maker.repeatEvent(device);
    if (!isComplete(repeated))
      throw new Error(`a repeated event was answered with ${JSON.stringify(repeated)}`);
    const last = await asked(cloud);
    callsAnActivation = Math.max(callsAnActivation, after - before);
    callsARepeat = Math.max(callsARepeat, last - after);
    await connectUntilLetIn(device, door, again);
  }
  activations.close();
  return { callsAnActivation, callsARepeat };
}

async function asked({ endpointUrl }: RunningCloud): Promise<number> {
  const { iot } = await readStatus(endpointUrl);
  return Object.values(iot.asked).reduce((sum, count) => sum + count, 0);
}

function isComplete(result: unknown): boolean {
  return (
    typeof result === 'object' && result !== null && 'outcome' in result && result.outcome === 'complete'
  );
}

/** All are switched on at once, and come back after 2 to 10 seconds until they are let in. */
async function measureStorm(
  { mqttUrl, endpointUrl }: RunningCloud,
  devices: readonly NewDevice[],
  door: Door,
) {
  const activations = await watchActivations(mqttUrl);
  const requests = new RequestWatch(endpointUrl);
  await requests.start();
  const backOff: BackOff = {
    fromMs: 2_000,
    toMs: 10_000,
    random: seededRandom(SEED),
    patienceMs: PATIENCE_MS,
  };
  const startMs = performance.now();
  const connecting = Promise.all(devices.map((device) => connectUntilLetIn(device, door, backOff)));
  const [activatedMs, refusals] = await Promise.all([
    activations.all(devices.length, PATIENCE_MS),
    connecting,
  ]);
  const connectedMs = performance.now();
  await requests.stop();
  activations.close();
  return {
    activatedSeconds: (activatedMs - startMs) / 1_000,
    connectedSeconds: (connectedMs - startMs) / 1_000,
    refusals: refusals.reduce((sum, count) => sum + count, 0),
    ...requests.totals(),
    busiest: requests.busiestSecond(),
  };
}

type Found = Awaited<ReturnType<typeof measureSingles>> &
  Awaited<ReturnType<typeof measureStorm>> & { readonly inactive: number; readonly wrongThings: number };

function rows(found: Found): Measurement[] {
  const { busiest } = found;
  const rate = AWS_THROTTLES['DescribeCertificate'] ?? 0;
  const taken = AWS_THROTTLES[busiest.operation] ?? Infinity;
  return [
    {
      what: 'control-plane calls of an activation',
      value: found.callsAnActivation,
      unit: 'calls',
      bound: { of: 'value', at: 'most', limit: 8 },
    },
    {
      what: 'of an event that comes again for an ACTIVE device',
      value: found.callsARepeat,
      unit: 'calls',
      bound: { of: 'value', at: 'most', limit: 1 },
    },
    {
      what: `${DEVICES} new devices at once, all ACTIVE`,
      value: found.activatedSeconds,
      unit: 's',
      against: { what: `one call each at AWS's ${rate} a second`, value: (DEVICES - rate) / rate },
      bound: { of: 'value', at: 'most', limit: 30 },
    },
    { what: `all let in, after ${found.refusals} refusals`, value: found.connectedSeconds, unit: 's' },
    {
      what: 'certificates that are not ACTIVE then',
      value: found.inactive,
      unit: '',
      bound: { of: 'value', at: 'most', limit: 0 },
    },
    {
      what: 'things that are missing, doubled, or of another device',
      value: found.wrongThings,
      unit: '',
      bound: { of: 'value', at: 'most', limit: 0 },
    },
    {
      what: 'control-plane calls answered in the busiest second',
      value: busiest.ofAll,
      unit: 'calls',
    },
    {
      what: `the same of ${busiest.operation}`,
      value: busiest.ofIt,
      unit: 'calls',
      // A bucket that is full lets a second's worth through at once, and what it gains meanwhile.
      against: { what: 'AWS answers', value: 2 * taken },
      bound: { of: 'ratio', at: 'most', limit: 1 },
    },
    {
      what: `calls that were throttled, of ${found.asked.toLocaleString('en-GB')}`,
      value: found.throttled,
      unit: 'calls',
    },
  ];
}
