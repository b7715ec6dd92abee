import { setTimeout as pause } from 'node:timers/promises';
import { dynamodbClient, iotDataClient, sqsClient } from '../../shared/clients.ts';
import { CommandStore } from '../../shared/greenhouse/command-store.ts';
import { sendOnce } from '../../shared/greenhouse/repeater-client.ts';
import { ShadeStore } from '../../shared/greenhouse/shade-store.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { publishJson } from '../../shared/publish.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { readMoveShadeEnvironment } from './environment.ts';
import { handleEvent, type HandleEventServices } from './handle-event.ts';
import { RepeaterLeases } from './lease.ts';

const environment = readMoveShadeEnvironment();
const now = (): number => Date.now();
const counter = createCounter('move-shade', now);
const services = once(openServices);

/**
 * Lambda entry: a queued command of the rule on `greenhouse/+/command`, or an alarm by SNS, which is queued first;
 * done, and published with its end.
 */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: (event, { awsRequestId }) => handleEvent(event, awsRequestId, services()),
});

function openServices(): HandleEventServices {
  const client = dynamodbClient();
  const { commandsTable, shadesTable, connectTimeoutMs, answerTimeoutMs, budgetMs, alarms } = environment;
  return {
    commands: new CommandStore(client, commandsTable),
    shades: new ShadeStore(client, shadesTable),
    leases: new RepeaterLeases(client, commandsTable),
    send: (address, sendir) => sendOnce({ address, sendir, connectTimeoutMs, answerTimeoutMs }),
    now,
    elapsedMs: () => performance.now(),
    pause,
    budgetMs,
    ...(alarms === undefined ? {} : { alarms }),
    publish: (topic, message) => publishJson(iotDataClient(), topic, message),
    count: (name) => counter.count(name),
  };
}
