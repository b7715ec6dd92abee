import { dynamodbClient, iotDataClient, snsClient, sqsClient } from '../../shared/clients.ts';
import { CommandStore } from '../../shared/greenhouse/command-store.ts';
import { ShadeStore } from '../../shared/greenhouse/shade-store.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { publishJson } from '../../shared/publish.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { readWatchLuxEnvironment } from './environment.ts';
import { parseMessage } from './message.ts';
import { createTeller } from './perform.ts';
import { watch, type WatchServices } from './watch.ts';
import { ZoneStore } from './zone-store.ts';

const environment = readWatchLuxEnvironment();
const now = (): number => Date.now();
const counter = createCounter('watch-lux', now);
const services = once(openServices);

/** Lambda entry: a message of the greenhouse's rules, or the tick of every minute. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: (event, { awsRequestId }) => watch(parseMessage(event, now()), awsRequestId, services()),
});

function openServices(): WatchServices {
  const client = dynamodbClient();
  const { zonesTable, commandsTable, shadesTable, sunshadesTopicArn } = environment;
  return {
    zones: new ZoneStore(client, zonesTable),
    commands: new CommandStore(client, commandsTable),
    shades: new ShadeStore(client, shadesTable),
    publish: (topic, message, options) => publishJson(iotDataClient(), topic, message, options),
    tellPeople: createTeller(snsClient, sunshadesTopicArn),
    now,
    count: (name) => counter.count(name),
    log: (line) => console.error(line),
  };
}
