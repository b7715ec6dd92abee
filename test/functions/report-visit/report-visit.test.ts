import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReportVisitEnvironment } from '../../../functions/report-visit/environment.ts';
import { GRACE_MS } from '../../../functions/report-visit/find-missing.ts';
import { emptyLog } from '../../../functions/report-visit/log.ts';
import { reportVisit } from '../../../functions/report-visit/report-visit.ts';
import { TELLING_MS } from '../../../functions/report-visit/telling.ts';
import { NO_CHANGES } from '../../../functions/report-visit/visit-changes.ts';
import { careEvent, DURAND, HOUR_MS, startHouseholds, T0, type Households } from './support.ts';

let homes: Households;
beforeAll(async () => {
  homes = await startHouseholds();
});
afterAll(() => homes.stop());

test('A visit is one item with both its times, and two text messages.', async () => {
  const { device, household } = await homes.newHome();
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
  const { device, household } = await homes.newHome();
  const { services, texts } = homes.container();
  await reportVisit(careEvent(110, 'departure', { device }), services);
  expect(await homes.visitsOf(household)).toMatchObject([{ state: 'NO_ARRIVAL' }]);
  await reportVisit(careEvent(64, 'arrival', { device }), services);
  expect(await homes.visitsOf(household)).toMatchObject([{ state: 'CLOSED', durationSeconds: 2_760 }]);
  expect(texts).toEqual(['Anna left Mme Durand at 10:50; no arrival was reported.']);
});

test('Delivered again, as Sigfox does where an answer was late, it is stored once and told once.', async () => {
  const { device, household } = await homes.newHome();
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

test('What could not be told is told when it is delivered again, once its lease is over.', async () => {
  const { device, household } = await homes.newHome();
  let fails = true;
  let nowMs = T0;
  const { services, texts, counts } = homes.container({
    tell: () => {
      if (fails) throw new Error('SNS is away');
    },
    now: () => nowMs,
  });
  const arrival = careEvent(0, 'arrival', { device });
  await expect(reportVisit(arrival, services)).rejects.toThrow('SNS is away');
  fails = false;
  nowMs += TELLING_MS;
  await reportVisit(arrival, services);
  expect(texts).toHaveLength(1);
  expect(counts).toEqual({ CareEventStored: 1, CareEventRepeated: 1 });
  expect(await homes.visitsOf(household)).toHaveLength(1);
});

test('Delivered twice at the same moment, one tells, and the other tries later and finds it told.', async () => {
  const { device } = await homes.newHome();
  const arrival = careEvent(0, 'arrival', { device });
  const second = homes.container();
  const refused: unknown[] = [];
  const first = homes.container({
    // The first has stored the event, and has not yet noted that it was told.
    tell: () =>
      reportVisit(arrival, second.services).then(
        () => undefined,
        (error: unknown) => void refused.push(error),
      ),
  });
  await reportVisit(arrival, first.services);
  expect(first.texts).toHaveLength(1);
  expect(refused).toMatchObject([
    { code: 'EVENT_BEING_TOLD', retryable: true, data: { device, untilMs: T0 + TELLING_MS } },
  ]);
  expect(await reportVisit(arrival, second.services)).toEqual([]);
  expect(second.texts).toEqual([]);
});

test('Of many that find the lease of a failed one over, one tells.', async () => {
  const { device } = await homes.newHome();
  const arrival = careEvent(0, 'arrival', { device });
  const failing = homes.container({
    tell: () => {
      throw new Error('SNS is away');
    },
  });
  await expect(reportVisit(arrival, failing.services)).rejects.toThrow('SNS is away');
  const containers = Array.from({ length: 6 }, () => homes.container({ now: () => T0 + TELLING_MS }));
  await Promise.allSettled(containers.map(({ services }) => reportVisit(arrival, services)));
  expect(containers.flatMap(({ texts }) => texts)).toHaveLength(1);
});

test('A home that is removed between its reading and its writing is not made anew.', async () => {
  const { device, household } = await homes.newHome();
  const { services } = homes.container();
  const home = await services.store.load(household);
  if (home === undefined || typeof home === 'string') throw new Error('the home is there');
  const Key = { household: { S: household } };
  await homes.client.send(new DeleteItemCommand({ TableName: homes.tables.households, Key }));
  const change = { next: emptyLog(DURAND), changes: NO_CHANGES, lookAtMs: undefined };
  expect(await services.store.save(home, change)).toBe(false);
  expect(await services.store.load(household)).toBeUndefined();
  await expect(reportVisit(careEvent(0, 'arrival', { device }), services)).rejects.toMatchObject({
    code: 'HOUSEHOLD_UNKNOWN',
  });
});

test('Ten containers that take the events of one home at once make the same visits, each told once.', async () => {
  const { device, household } = await homes.newHome();
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

test('A home without open visits is not looked at, and its settings are left as they are.', async () => {
  const { device, household } = await homes.newHome();
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
  const { device } = await homes.newHome({ timeZone: 'Mars/Olympus' });
  await expect(take(device)).rejects.toMatchObject({
    code: 'HOUSEHOLD_UNUSABLE',
    data: { field: 'timeZone' },
  });
});

test('What is too late, or of a stuck button, is rejected; a log that cannot be read is no rejection.', async () => {
  const { device, household } = await homes.newHome();
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

test('The environment names what is missing.', () => {
  expect(() => readReportVisitEnvironment({})).toThrow(
    /BUTTONS_TABLE is not set; HOUSEHOLDS_TABLE is not set/,
  );
});
