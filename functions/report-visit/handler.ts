import { setTimeout as pause } from 'node:timers/promises';
import { dynamodbClient, snsClient, sqsClient } from '../../shared/clients.ts';
import { parseEventTime } from '../../shared/event-time.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { readCareEvent } from './care-event.ts';
import { readReportVisitEnvironment } from './environment.ts';
import { HouseholdStore } from './household-store.ts';
import type { VisitServices } from './in-turn.ts';
import { reportVisit } from './report-visit.ts';
import { tellOfMissing } from './tell-of-missing.ts';
import { createTeller } from './tell.ts';

const environment = readReportVisitEnvironment();
const now = (): number => Date.now();
const counter = createCounter('report-visit', now);
const services = once(openServices);

/** Lambda entry: a care button's reading, or the schedule's look at the clock. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: async (event) => {
    const scheduledAtMs = scheduledAt(event);
    const notices =
      scheduledAtMs === undefined
        ? await reportVisit(readCareEvent(event, now()), services())
        : await tellOfMissing(scheduledAtMs, services());
    return { told: notices.map(({ kind }) => kind) };
  },
});

/** The time that a run of the schedule is for; undefined for what is no run of it. */
function scheduledAt(event: unknown): number | undefined {
  if (typeof event !== 'object' || event === null || !('detail-type' in event)) return undefined;
  if (event['detail-type'] !== 'Scheduled Event') return undefined;
  return parseEventTime('time' in event ? event.time : undefined) ?? now();
}

function openServices(): VisitServices {
  const { buttonsTable, householdsTable, visitsTable, topicArn } = environment;
  const tables = { buttons: buttonsTable, households: householdsTable, visits: visitsTable };
  return {
    store: new HouseholdStore(dynamodbClient(), tables),
    tell: createTeller(snsClient, topicArn, now),
    now,
    pause,
    count: (name) => counter.count(name),
    logError: (line) => console.error(line),
  };
}
