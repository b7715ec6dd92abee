import { setTimeout as pause } from 'node:timers/promises';
import { dynamodbClient, iotDataClient, sqsClient } from '../../shared/clients.ts';
import { CommandStore } from '../../shared/greenhouse/command-store.ts';
import { publishedCommand } from '../../shared/greenhouse/command.ts';
import { sendOnce } from '../../shared/greenhouse/repeater-client.ts';
import { ShadeStore } from '../../shared/greenhouse/shade-store.ts';
import { commandTopic } from '../../shared/greenhouse/topics.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { publishJson } from '../../shared/publish.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { isNotification, parseAlarm } from './alarm-order.ts';
import { readMoveShadeEnvironment } from './environment.ts';
import { RepeaterLeases } from './lease.ts';
import { moveShade, type MoveShadeServices } from './move-shade.ts';
import { parseNotice, type CommandNotice } from './notice.ts';
import { queueOrder } from './queue-order.ts';

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
  run: async (event, { awsRequestId }) => {
    const notice = isNotification(event) ? await ordered(event) : parseNotice(event);
    if (notice === undefined) return { status: null };
    const command = await moveShade(notice, awsRequestId, services());
    // A command that is still queued is not published: that would call this function again, at once.
    if (command === undefined || command.status === 'QUEUED') return { status: command?.status ?? null };
    counter.count(`Command${command.status}`);
    const published = publishedCommand(command);
    await publishJson(iotDataClient(), commandTopic(command.zone), published);
    return published;
  },
});

async function ordered(event: unknown): Promise<CommandNotice | undefined> {
  const order = parseAlarm(event, environment.alarms);
  return order === undefined ? undefined : queueOrder(order, services().commands);
}

function openServices(): MoveShadeServices {
  const client = dynamodbClient();
  const { commandsTable, shadesTable, connectTimeoutMs, answerTimeoutMs, budgetMs } = environment;
  return {
    commands: new CommandStore(client, commandsTable),
    shades: new ShadeStore(client, shadesTable),
    leases: new RepeaterLeases(client, commandsTable),
    send: (address, sendir) => sendOnce({ address, sendir, connectTimeoutMs, answerTimeoutMs }),
    now,
    elapsedMs: () => performance.now(),
    pause,
    budgetMs,
  };
}
