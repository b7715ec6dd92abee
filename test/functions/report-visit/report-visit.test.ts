import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCareEvent } from '../../../functions/report-visit/care-event.ts';
import { readReportVisitEnvironment } from '../../../functions/report-visit/environment.ts';
import { GRACE_MS } from '../../../functions/report-visit/find-missing.ts';
import { reportVisit, tellOfMissing } from '../../../functions/report-visit/report-visit.ts';
import { careEvent, DURAND, HOUR_MS, MINUTE_MS, startHouseholds, T0, type Households } from './support.ts';

let homes: Households;
beforeAll(async () => {
  homes = await startHouseholds();
});
afterAll(() => homes.stop());

let made = 0;

/** A home of its own with its button. */
async function newHome(more: Partial<typeof DURAND> = {}) {
  made += 1;
  const device = (0xb1000 + made).toString(16).toUpperCase();
  const household = `home-${made}`;
  await homes.addHome({ ...DURAND, ...more, household }, device);
  return { device, household };
}

test('A visit is one item with both its times, and two text messages.', async () => {
  const { device, household } = await newHome();
  const { services, texts, counts } = homes.container();
  await reportVisit(careEvent(64, 'arrival', { device }), services);
  expect(await homes.visitsOf(household)).toEqual([
    { state: 'OPEN', carer: 1, arrivedAt: '2026-01-31T09:04:00.000Z' },
  ]);
  await reportVisit(careEvent(110, 'departure', { device }), services);
  expect(await homes.visitsOf(household)).toEqual([
    {
      state: 'CLOSED',
      carer: 1,
      arrivedAt: '2026-01-31T09:04:00.000Z',
      departedAt: '2026-01-31T09:50:00.000Z',
      durationSeconds: 2_760,
    },
  ]);
  expect(texts).toEqual([
    'Anna has been with Mme Durand since 10:04.',
    'Anna left Mme Durand at 10:50, after 46 min.',
  ]);
  expect(counts).toEqual({ CareEventStored: 2 });
});

test('A late arrival takes the place of the departure without one.', async () => {
  const { device, household } = await newHome();
  const { services, texts } = homes.container();
  await reportVisit(careEvent(110, 'departure', { device }), services);
  expect(await homes.visitsOf(household)).toMatchObject([{ state: 'NO_ARRIVAL' }]);
  await reportVisit(careEvent(64, 'arrival', { device }), services);
  expect(await homes.visitsOf(household)).toMatchObject([{ state: 'CLOSED', durationSeconds: 2_760 }]);
  expect(texts).toEqual(['Anna left Mme Durand at 10:50; no arrival was reported.']);
});

test('Delivered again, as Sigfox does where an answer was late, it is stored once and told once.', async () => {
  const { device, household } = await newHome();
  const [one, other] = [homes.container(), homes.container()];
  const arrival = careEvent(0, 'arrival', { device, batteryMillivolts: 4_000 });
  for (const { services } of [one, other, one]) await reportVisit(arrival, services);
  expect(one.texts).toEqual([
    'Anna has been with Mme Durand since 09:00.',
    'The care button of Mme Durand needs new batteries (4.0 V).',
  ]);
  expect(other.texts).toEqual([]);
  expect(await homes.visitsOf(household)).toHaveLength(1);
});

test('What could not be told is told when it is delivered again.', async () => {
  const { device, household } = await newHome();
  let fails = true;
  const { services, texts, counts } = homes.container({
    tell: () => {
      if (fails) throw new Error('SNS is away');
    },
  });
  const arrival = careEvent(0, 'arrival', { device });
  await expect(reportVisit(arrival, services)).rejects.toThrow('SNS is away');
  fails = false;
  await reportVisit(arrival, services);
  expect(texts).toHaveLength(1);
  expect(counts).toEqual({ CareEventStored: 1, CareEventRepeated: 1 });
  expect(await homes.visitsOf(household)).toHaveLength(1);
});

test('Ten containers that take the events of one home at once make the same visits, each told once.', async () => {
  const { device, household } = await newHome();
  const events = [0, 1, 2, 3, 4].flatMap((hour) => [
    careEvent(hour * 60, 'arrival', { device }),
    careEvent(hour * 60 + 30, 'departure', { device }),
  ]);
  const containers = events.map(() => homes.container());
  await Promise.all(events.map((event, index) => reportVisit(event, containers[index]?.services ?? never())));
  const visits = await homes.visitsOf(household);
  expect(visits.map(({ state, durationSeconds }) => [state, durationSeconds])).toEqual(
    [0, 1, 2, 3, 4].map(() => ['CLOSED', 1_800]),
  );
  const texts = containers.flatMap((container) => container.texts);
  expect(new Set(texts).size).toBe(texts.length);
});

function never(): never {
  throw new Error('there is a container for each');
}

const tick = (minute: number, container = homes.container()) =>
  tellOfMissing(T0 + minute * MINUTE_MS, container.services).then(() => container.texts);

test('A departure that is missing is told once, when the visit is longer than any.', async () => {
  const { device, household } = await newHome({ longestVisitMinutes: 240 });
  const { services } = homes.container();
  await reportVisit(careEvent(0, 'arrival', { device }), services);
  expect(await tick(240)).toEqual([]);
  const graceMinutes = GRACE_MS / MINUTE_MS;
  expect(await tick(240 + graceMinutes)).toEqual([]);
  expect(await tick(241 + graceMinutes)).toEqual([
    'Anna came to Mme Durand at 09:00, and no departure has been reported since.',
  ]);
  expect(await homes.visitsOf(household)).toMatchObject([{ state: 'NO_DEPARTURE' }]);
  expect(await tick(300)).toEqual([]);
  // It was only the network that was late: the visit is whole, and its departure told.
  const late = homes.container();
  await reportVisit(careEvent(90, 'departure', { device }), late.services);
  expect(late.texts).toEqual(['Anna left Mme Durand at 10:30, after 1 h 30.']);
  expect(await homes.visitsOf(household)).toMatchObject([{ state: 'CLOSED' }]);
  expect(await tick(400)).toEqual([]);
});

test('An arrival that finds a visit open ends it, and people are told once its departure cannot come any more.', async () => {
  const { device } = await newHome();
  const { services } = homes.container();
  await reportVisit(careEvent(0, 'arrival', { device }), services);
  await reportVisit(careEvent(60, 'arrival', { device }), services);
  await reportVisit(careEvent(90, 'departure', { device }), services);
  expect(await tick(61)).toEqual([]);
  const first = await tick(100);
  expect(first).toEqual(['Anna came to Mme Durand at 09:00, and no departure has been reported since.']);
  expect(await tick(115)).toEqual([]);
});

test('A missing departure that could not be told is told by the next look, and one bad home keeps no other from it.', async () => {
  const bad = await newHome({ longestVisitMinutes: 60 });
  const good = await newHome({ longestVisitMinutes: 60 });
  const { services } = homes.container();
  await reportVisit(careEvent(0, 'arrival', { device: bad.device }), services);
  await reportVisit(careEvent(0, 'arrival', { device: good.device }), services);
  await setPerson(bad.household, '');
  let fails = true;
  const container = homes.container({
    tell: () => {
      if (fails) throw new Error('SNS is away');
    },
  });
  await expect(tick(120, container)).rejects.toThrow(/away|cannot be used/);
  fails = false;
  await expect(tick(135, container)).rejects.toMatchObject({ code: 'HOUSEHOLD_UNUSABLE' });
  expect(container.texts).toHaveLength(1);
  await setPerson(bad.household, 'M. Petit');
  await tick(150, container);
  expect(container.texts.at(-1)).toContain('M. Petit');
  await tick(165, container);
  expect(container.texts).toHaveLength(2);
});

async function setPerson(household: string, person: string): Promise<void> {
  await homes.client.send(
    new UpdateItemCommand({
      TableName: homes.tables.households,
      Key: { household: { S: household } },
      UpdateExpression: 'SET person = :person',
      ExpressionAttributeValues: { ':person': { S: person } },
    }),
  );
}

test('A home without open visits is not looked at, and its settings are left as they are.', async () => {
  const { device, household } = await newHome();
  const { services } = homes.container();
  await reportVisit(careEvent(0, 'arrival', { device }), services);
  const key = { household: { S: household } };
  const item = async () =>
    (await homes.client.send(new GetItemCommand({ TableName: homes.tables.households, Key: key }))).Item;
  expect((await item())?.['lookAtMs']?.N).toBe(String(T0 + 8 * HOUR_MS + GRACE_MS));
  await reportVisit(careEvent(30, 'departure', { device }), services);
  const after = await item();
  expect(after?.['lookAtMs']).toBeUndefined();
  expect(after).toMatchObject({ person: { S: 'Mme Durand' }, careLogVersion: { N: '4' } });
});

test('A button of no home, a home that there is not, and one with unusable settings are told apart.', async () => {
  const { services } = homes.container();
  const take = (device: string) => reportVisit(careEvent(0, 'arrival', { device }), services);
  await expect(take('FFFFFF')).rejects.toMatchObject({ code: 'BUTTON_UNKNOWN', data: { field: 'device' } });
  await homes.client.send(
    new PutItemCommand({
      TableName: homes.tables.buttons,
      Item: { device: { S: 'EEEEEE' }, household: { S: 'nowhere' } },
    }),
  );
  await expect(take('EEEEEE')).rejects.toMatchObject({ code: 'HOUSEHOLD_UNKNOWN' });
  const { device } = await newHome({ timeZone: 'Mars/Olympus' });
  await expect(take(device)).rejects.toMatchObject({
    code: 'HOUSEHOLD_UNUSABLE',
    data: { field: 'timeZone' },
  });
});

test('What is too late, or of a stuck button, is rejected; a log that cannot be read is no rejection.', async () => {
  const { device, household } = await newHome();
  const { services } = homes.container();
  await reportVisit(careEvent(10_000, 'arrival', { device }), services);
  const late = careEvent(0, 'arrival', { device });
  await expect(reportVisit(late, services)).rejects.toMatchObject({ code: 'EVENT_TOO_LATE' });
  for (let minute = 1; minute < 48; minute += 1) {
    await reportVisit(careEvent(10_000 + minute, 'arrival', { device }), services);
  }
  const stuck = careEvent(10_048, 'arrival', { device });
  await expect(reportVisit(stuck, services)).rejects.toMatchObject({ code: 'BUTTON_STUCK' });
  await homes.client.send(
    new UpdateItemCommand({
      TableName: homes.tables.households,
      Key: { household: { S: household } },
      UpdateExpression: 'SET careLog = :text',
      ExpressionAttributeValues: { ':text': { S: '{}' } },
    }),
  );
  await expect(reportVisit(stuck, services)).rejects.toMatchObject({
    code: 'CARE_LOG_UNREADABLE',
    retryable: false,
  });
});

const EVENTS = path.join(import.meta.dirname, '../../../events');
const sample = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(EVENTS, `report-visit.${name}.json`), 'utf8'));

test.each([
  ['arrival', 'arrival', 6_000],
  ['departure', 'departure', 5_975],
])('The sample event %s is read.', (name, kind, batteryMillivolts) => {
  expect(readCareEvent(sample(name))).toMatchObject({ device: 'B0770', kind, carer: 1, batteryMillivolts });
});

test.each([
  [{ event: 9 }, 'EVENT_UNKNOWN', 'event'],
  [{ event: undefined }, 'EVENT_UNKNOWN', 'event'],
  [{ event: '1' }, 'EVENT_UNKNOWN', 'event'],
  [{ carer: 256 }, 'READING_UNUSABLE', 'carer'],
  [{ battery: -1 }, 'READING_UNUSABLE', 'battery'],
  [{ device: undefined }, 'READING_UNUSABLE', 'device'],
  [{ time: 'yesterday' }, 'TIME_UNREADABLE', 'time'],
])('A reading with %o is rejected: %s.', (change, code, field) => {
  expect(() => readCareEvent({ ...sample('arrival'), ...change })).toThrow(
    expect.objectContaining({ code, data: { field } }),
  );
});

test.each([[null], ['text'], [[]]])('%o is no reading.', (input) => {
  expect(() => readCareEvent(input)).toThrow(expect.objectContaining({ code: 'READING_UNUSABLE' }));
});

test('The environment names what is missing.', () => {
  expect(() => readReportVisitEnvironment({})).toThrow(
    /BUTTONS_TABLE is not set; HOUSEHOLDS_TABLE is not set/,
  );
});
