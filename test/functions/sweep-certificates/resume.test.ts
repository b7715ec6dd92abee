import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sweep, type SweepResult } from '../../../functions/sweep-certificates/sweep.ts';
import { once } from '../../../shared/once.ts';
import { NOW_MS } from '../../shared/x509/pki.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { seededRandom } from '../../support/random.ts';
import { DAY_MS, openFleet, type Fleet } from './fleet.ts';
import { startListsServer, type ListsServer } from './lists-server.ts';
import { makeCertificates, populate, stateOf, toldOf } from './populate.ts';
import { PowerCut } from './power.ts';

let dynamodb: TestDynamoDb;
let server: ListsServer;
let made: ReturnType<typeof makeCertificates>;
let whole: Awaited<ReturnType<typeof sweepWhole>>;
const open: Fleet[] = [];

beforeAll(async () => {
  dynamodb = await startTestDynamoDb();
  server = await startListsServer(() => open.at(-1)?.clock.now() ?? NOW_MS);
  made = makeCertificates(server);
  whole = await sweepWhole();
});
afterEach(() => closeAll());
afterAll(async () => {
  await closeAll();
  await server.stop();
  await dynamodb.stop();
});

async function closeAll(): Promise<void> {
  for (const fleet of open.splice(0)) await fleet.close();
}

async function openPopulated(): Promise<Fleet> {
  const fleet = await openFleet(dynamodb);
  open.push(fleet);
  await populate(fleet, made);
  return fleet;
}

const SWEEP = { kind: 'sweep', runId: '2026-12-31T03:00:00.000Z' } as const;

/** What every other way has to come to as well. */
async function sweepWhole() {
  const fleet = await openPopulated();
  const [result] = await fleet.run(SWEEP);
  return {
    fleet,
    result,
    state: await stateOf(fleet, made),
    told: toldOf(fleet.reports).toSorted(),
    asked: fleet.askedAgain.toSorted(),
    calls: fleet.power.calls.length,
  };
}

const outcomeOf = (results: readonly SweepResult[]): string | undefined =>
  results.find(({ kind }) => kind === 'sweep')?.outcome;

test('A sweep finds one of everything: what is told, and what becomes of whom.', () => {
  expect(whole.result).toMatchObject({ outcome: 'finished' });
  const idOf = (name: keyof typeof made.certificates) => made.certificates[name].certificate.certificateId;
  expect(whole.told.map((line) => line.replace(/ [0-9a-f]{64}$/, ''))).toEqual(
    [
      'CERTIFICATES_EXPIRED 0 ended',
      'CERTIFICATES_EXPIRING 30 ends-later',
      'CERTIFICATES_EXPIRING 7 ends-soon',
      'CA_EXPIRING 90',
      'DEVICES_BACK returned',
      'DEVICES_UNSEEN 30 missing',
      'ON_HOLD_BY_CA suspected',
      'REVOCATION_LIST_UNAVAILABLE',
      'REVOKED_BY_CA stolen',
      'REVOKED_BY_CA stolen-spare',
    ].toSorted(),
  );
  expect(whole.state.connected).toEqual(['well', 'always-there']);
  expect(whole.asked).toEqual([made.waiting.certificate.certificateId, 'e'.repeat(64)].toSorted());
  expect(whole.told.join()).toContain(idOf('stolen'));
});

test('The same event again does nothing, and a second sweep changes nothing and tells nobody anything.', async () => {
  const fleet = await openPopulated();
  await fleet.run(SWEEP);
  expect(await fleet.run(SWEEP)).toEqual([{ kind: 'sweep', outcome: 'nothing' }]);
  expect(outcomeOf(await fleet.run({ kind: 'sweep', runId: 'another' }))).toBe('finished');
  expect(await stateOf(fleet, made)).toEqual(whole.state);
  expect(toldOf(fleet.reports).toSorted()).toEqual(whole.told);
});

const SEEDS = [1, 2, 3];

test.each(SEEDS)(
  'Cut off at any call, again and again, it comes to the same, and nobody goes untold (seed %i).',
  async (seed) => {
    const fleet = await openPopulated();
    const random = seededRandom(seed);
    let cuts = 0;
    let turns = 0;
    let outcome: string | undefined;
    while (outcome !== 'finished') {
      expect(cuts, 'it does not come to an end').toBeLessThan(60);
      // Ever later, so that every page comes to its end at some time.
      fleet.power.cutAfter(1 + Math.floor(random() * (20 + 4 * cuts)), random() < 0.5);
      try {
        // The event itself comes again too, where even the run was not there yet.
        const isAgain = turns % 3 === 0;
        turns += 1;
        outcome = outcomeOf(await fleet.run(isAgain ? SWEEP : { kind: 'continue' }));
        // It was cut off when it had noted its end, and before it knew.
        if (isAgain && outcome === 'nothing') outcome = 'finished';
      } catch (error) {
        expect(error).toBeInstanceOf(PowerCut);
        cuts += 1;
        // What the dead invocation held is over by then.
        fleet.clock.advance(16 * 60_000);
      }
      fleet.power.restore();
    }
    expect(cuts).toBeGreaterThan(0);
    expect(await stateOf(fleet, made)).toEqual(whole.state);
    const told = toldOf(fleet.reports);
    expect([...new Set(told)].toSorted()).toEqual(whole.told);
    expect([...new Set(fleet.askedAgain)].toSorted()).toEqual(whole.asked);
    // Twice only what was told when the power went, before that was noted.
    expect(fleet.reports.length - whole.fleet.reports.length).toBeLessThanOrEqual(cuts);
  },
);

test.each(SEEDS)(
  'Where the time is up between any two of them, it goes on, and everybody is told once (seed %i).',
  async (seed) => {
    const fleet = await openPopulated();
    const random = seededRandom(seed);
    let outcome: string | undefined;
    let invocations = 0;
    while (outcome !== 'finished') {
      expect(invocations, 'it does not come to an end').toBeLessThan(200);
      let left = 1 + Math.floor(random() * 8);
      const isTimeUp = (): boolean => left-- <= 0;
      outcome = outcomeOf(await fleet.run(invocations === 0 ? SWEEP : { kind: 'continue' }, { isTimeUp }));
      invocations += 1;
      fleet.clock.advance(15 * 60_000);
    }
    expect(invocations).toBeGreaterThan(3);
    expect(await stateOf(fleet, made)).toEqual(whole.state);
    expect(toldOf(fleet.reports).toSorted()).toEqual(whole.told);
    expect([...new Set(fleet.askedAgain)].toSorted()).toEqual(whole.asked);
  },
);

test('Two at once: one sweeps and the other finds it busy, and everybody is told once.', async () => {
  const fleet = await openPopulated();
  const outcomes = await Promise.all([fleet.run(SWEEP), fleet.run(SWEEP), fleet.run({ kind: 'continue' })]);
  expect(outcomes.map(outcomeOf).filter((outcome) => outcome === 'finished')).toHaveLength(1);
  expect(await stateOf(fleet, made)).toEqual(whole.state);
  expect(toldOf(fleet.reports).toSorted()).toEqual(whole.told);
});

test('What a dead invocation held is free when it would have ended, and not before.', async () => {
  const fleet = await openPopulated();
  fleet.power.cutAfter(30, false);
  await expect(fleet.run(SWEEP)).rejects.toThrow(PowerCut);
  fleet.power.restore();
  expect(outcomeOf(await fleet.run({ kind: 'continue' }))).toBe('busy');
  fleet.clock.advance(15 * 60_000);
  expect(outcomeOf(await fleet.run({ kind: 'continue' }))).toBe('finished');
  expect(await stateOf(fleet, made)).toEqual(whole.state);
});

test('An invocation that was taken for dead stops when it finds another at its run.', async () => {
  const fleet = await openPopulated();
  const services = fleet.services();
  let other: readonly SweepResult[] = [];
  /** It stands still for a quarter of an hour where it asks for the CAs, and another takes its run over. */
  const ids = once(async () => {
    fleet.clock.advance(16 * 60_000);
    other = await fleet.run({ kind: 'continue' });
    return services.registry.caIds();
  });
  const slow = { ...services, cas: { ...services.cas, ids } };
  expect(outcomeOf(await sweep(SWEEP, slow))).toBe('overtaken');
  expect(outcomeOf(other)).toBe('finished');
  expect(await stateOf(fleet, made)).toEqual(whole.state);
});

test('A run that is unfinished when the next is due is finished first, and then the next is done.', async () => {
  const fleet = await openPopulated();
  let left = 3;
  await fleet.run(SWEEP, { isTimeUp: () => left-- <= 0 });
  fleet.clock.advance(DAY_MS);
  const results = await fleet.run({ kind: 'sweep', runId: 'the next day' });
  expect(results.map(({ runId, outcome }) => [runId, outcome])).toEqual([
    [SWEEP.runId, 'finished'],
    ['the next day', 'finished'],
  ]);
});

test('A re-check that finds another under way is tried again by Lambda; one after it is done.', async () => {
  const fleet = await openPopulated();
  await fleet.run({ kind: 'recheck', runId: 'one' }, { isTimeUp: () => true });
  // It was let go, so that the next goes on with it before it does its own.
  const results = await fleet.run({ kind: 'recheck', runId: 'two' });
  expect(results.map(({ runId }) => runId)).toEqual(['one', 'two']);
  fleet.power.cutAfter(3, false);
  await expect(fleet.run({ kind: 'recheck', runId: 'three' })).rejects.toThrow(PowerCut);
  fleet.power.restore();
  await expect(fleet.run({ kind: 'recheck', runId: 'four' })).rejects.toMatchObject({
    name: 'SweepError',
    code: 'BUSY',
    retryable: true,
  });
});
