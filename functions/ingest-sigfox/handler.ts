import { setTimeout as pause } from 'node:timers/promises';
import { dynamodbClient, iotDataClient, sqsClient } from '../../shared/clients.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { DeviceAssignments } from '../../shared/sigfox/device-assignments.ts';
import { DeviceTypes } from '../../shared/sigfox/device-type.ts';
import { DownlinkStore } from '../../shared/sigfox/downlink-store.ts';
import { publishAll } from '../../shared/sigfox/publication.ts';
import { PayloadDecoders } from './decode-payload.ts';
import { readIngestSigfoxEnvironment } from './environment.ts';
import { ingest } from './ingest.ts';
import { MessageStore } from './message-store.ts';
import type { IngestServices } from './services.ts';

const environment = readIngestSigfoxEnvironment();
const now = (): number => Date.now();
const counter = createCounter('ingest-sigfox', now);
const services = once(openServices);

/** Lambda entry: a callback of the rule on `sigfox`, or a downlink of the rule on `sigfox/+/downlink`. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: async (event) => {
    const { publications, rejection } = await ingest(event, services());
    // Everything is stored by now: a crash from here on is mended by Lambda's retry, which finds it stored and
    // publishes the same.
    await publishAll(iotDataClient(), publications);
    if (rejection !== undefined) throw rejection;
    return { published: publications.map(({ topic }) => topic) };
  },
});

function openServices(): IngestServices {
  const client = dynamodbClient();
  const { messagesTable, devicesTable, deviceTypesTable, defaults } = environment;
  return {
    store: new MessageStore(client, { messages: messagesTable, devices: devicesTable }),
    downlinks: new DownlinkStore(client, devicesTable),
    types: new DeviceTypes({ client, tableName: deviceTypesTable, defaults, now }),
    assignments: new DeviceAssignments(client, devicesTable, now),
    decoders: new PayloadDecoders(),
    now,
    pause,
    count: (name) => counter.count(name),
  };
}
