import path from 'node:path';
import { systemClock } from '../clock.ts';
import { startDynamoDbEngine, type DynamoDbEngine } from '../dynamodb/engine.ts';
import { createDynamoDbProxy, type DynamoDbProxy } from '../dynamodb/proxy.ts';
import { createTables } from '../dynamodb/tables.ts';
import { createTimeToLive, type TimeToLive } from '../dynamodb/time-to-live/index.ts';
import { createS3, type S3 } from '../s3/index.ts';
import { createSqs, type Sqs } from '../sqs/index.ts';
import { createParameterStore, type ParameterStore } from '../ssm/index.ts';
import { creationsOf, type Site } from './site.ts';

/** Where state is kept. */
export interface Storage {
  readonly engine: DynamoDbEngine;
  readonly dynamodb: DynamoDbProxy;
  readonly timeToLive: TimeToLive;
  readonly sqs: Sqs;
  readonly s3: S3;
  readonly ssm: ParameterStore;
}

/** Starts what keeps state, with the tables, queues and buckets of the template. */
export async function startStorage(site: Site): Promise<Storage> {
  const { plan, configuration, accountId, region, endpointUrl, clock, logs, stops } = site;
  const { folder, dynamodbEndpoint, dynamodbJar } = configuration;
  const engine = await startDynamoDbEngine({
    folder,
    ...(dynamodbEndpoint === undefined ? {} : { endpoint: dynamodbEndpoint }),
    ...(dynamodbJar === undefined ? {} : { jar: dynamodbJar }),
  });
  stops.add(() => engine.stop());
  await createTables(engine.url, region, creationsOf(plan, 'table'));
  const timeToLive = createTimeToLive({
    file: path.join(folder, 'time-to-live.sqlite'),
    clock,
    engineUrl: engine.url,
    region,
    log: (message, data) => logs.cloud('warn', message, data),
  });
  stops.add(() => timeToLive.close());
  const dynamodb = createDynamoDbProxy(engine.url, timeToLive);
  stops.add(() => dynamodb.close());

  const file = path.join(folder, 'queues.sqlite');
  const sqs = createSqs({ file, clock, callersClock: systemClock, accountId, region, baseUrl: endpointUrl });
  stops.add(() => sqs.close());
  for (const { name, attributes } of creationsOf(plan, 'queue')) sqs.ensureQueue(name, attributes);

  const s3 = createS3({ directory: path.join(folder, 's3'), clock, region });
  stops.add(() => s3.close());
  for (const { name } of creationsOf(plan, 'bucket')) await s3.ensureBucket(name);

  const parameters = path.join(folder, 'parameters.sqlite');
  const ssm = createParameterStore({ file: parameters, clock, accountId, region });
  stops.add(() => ssm.close());
  return { engine, dynamodb, timeToLive, sqs, s3, ssm };
}
