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
import { readMoveShadeEnvironment } from './environment.ts';
import { RepeaterLeases } from './lease.ts';
import { moveShade, type MoveShadeServices } from './move-shade.ts';
import { parseNotice } from './notice.ts';

const environment = readMoveShadeEnvironment();
const now = (): number => Date.now();
const counter = createCounter('move-shade', now);
const services = once(openServices);

/** Lambda entry: a queued command of the rule on `greenhouse/+/command`, done, and published with its end. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: async (event, { awsRequestId }) => {
    const notice = parseNotice(event);
    const command = await moveShade(notice, awsRequestId, services());
    // A command that is still queued is not published: that would call this function again, at once.
    if (command === undefined || command.status === 'QUEUED') return { status: command?.status ?? null };
    counter.count(`Command${command.status}`);
    const published = publishedCommand(command);
    await publishJson(iotDataClient(), commandTopic(command.zone), published);
    return published;
  },
});

function openServices(): MoveShadeServices {
  const client = dynamodbClient();
  const { commandsTable, shadesTable, connectTimeoutMs, answerTimeoutMs, budgetMs } = environment;
  return {
    commands: new CommandStore(client, commandsTable),
    shades: new ShadeStore(client, shadesTable),
    leases: new RepeaterLeases(client, commandsTable),
    send: (address, sendir) => sendOnce({ address, sendir, connectTimeoutMs, answerTimeoutMs }),
    now,
    pause,
    budgetMs,
  };
}
