import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GRACE_MS } from '../../../functions/report-visit/find-missing.ts';
import { reportVisit } from '../../../functions/report-visit/report-visit.ts';
import { tellOfMissing } from '../../../functions/report-visit/tell-of-missing.ts';
import { careEvent, MINUTE_MS, startHouseholds, T0, type Households } from './support.ts';

let homes: Households;
beforeAll(async () => {
  homes = await startHouseholds();
});
afterAll(() => homes.stop());

const tick = (minute: number, container = homes.container()) =>
  tellOfMissing(T0 + minute * MINUTE_MS, container.services).then(() => container.texts);

test('A departure that is missing is told once, when the visit is longer than any.', async () => {
  const { device, household } = await homes.newHome({ longestVisitMinutes: 240 });
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
  const { device } = await homes.newHome();
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
  const bad = await homes.newHome({ longestVisitMinutes: 60 });
  const good = await homes.newHome({ longestVisitMinutes: 60 });
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
  // The one that another try may mend is thrown, whichever of them came first.
  await expect(tick(120, container)).rejects.toThrow('SNS is away');
  const unusable = { household: bad.household, code: 'HOUSEHOLD_UNUSABLE', retryable: false };
  const away = { household: good.household, detail: 'SNS is away', retryable: true };
  expect(container.errors).toHaveLength(2);
  expect(container.errors).toEqual(
    expect.arrayContaining([expect.objectContaining(unusable), expect.objectContaining(away)]),
  );
  expect(container.counts['HomeNotLookedAfter']).toBe(2);
  fails = false;
  // What only people can mend is no failure of the schedule: it is logged and counted each time.
  await tick(135, container);
  expect(container.errors[2]).toMatchObject(unusable);
  expect(container.counts['HomeNotLookedAfter']).toBe(3);
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
