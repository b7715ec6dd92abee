import { dynamodbClient, iotDataClient, sqsClient } from '../../shared/clients.ts';
import { readEnvironment } from '../../shared/environment.ts';
import { parseEventTime } from '../../shared/event-time.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { publishJson } from '../../shared/publish.ts';
import { DeviceTypes } from '../../shared/sigfox/device-type.ts';
import { DeviceStore } from './device-store.ts';
import { watchDevices, type WatchServices } from './watch.ts';

const environment = readEnvironment((read) => ({
  devicesTable: read.text('DEVICES_TABLE'),
  deviceTypesTable: read.text('DEVICE_TYPES_TABLE'),
  rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
  intervalSeconds: read.number('INTERVAL_SECONDS', 0, 'a number of seconds, or 0', (n) => n >= 0),
}));
const now = (): number => Date.now();
const counter = createCounter('watch-silence', now);
const services = once(openServices);

/** Lambda entry: a scheduled event of EventBridge in; an alert for each device that fell silent or came back out. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: (event) => watchDevices(scheduledAtMs(event), services()),
});

/** The time that the run is for: that of the event, so that a run that comes late or again finds the same. */
function scheduledAtMs(event: unknown): number {
  const time = typeof event === 'object' && event !== null && 'time' in event ? event.time : undefined;
  return parseEventTime(time) ?? now();
}

function openServices(): WatchServices {
  const client = dynamodbClient();
  const { devicesTable, deviceTypesTable, intervalSeconds } = environment;
  const defaults = { intervalSeconds };
  return {
    store: new DeviceStore(client, devicesTable),
    types: new DeviceTypes({ client, tableName: deviceTypesTable, defaults, now }),
    publish: ({ topic, message }) => publishJson(iotDataClient(), topic, message),
    count: (name) => counter.count(name),
  };
}
