import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import {
  dynamodbClient,
  iotClient,
  iotDataClient,
  lambdaClient,
  s3Client,
  snsClient,
  sqsClient,
} from '../../shared/clients.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { withRetries } from '../../shared/retry.ts';
import { createCrlSource } from '../../shared/x509/crl-source.ts';
import { createReadObject } from '../../shared/x509/s3-object.ts';
import { createAskAgain } from './ask-again.ts';
import { createCaDirectory } from './ca-directory.ts';
import { createConnections } from './connections.ts';
import { readSweepCertificatesEnvironment } from './environment.ts';
import { createRevocationLists } from './lists.ts';
import { createMemory } from './memory.ts';
import { createPace } from './pace.ts';
import { createRegistry, type Call } from './registry.ts';
import { createTell } from './report.ts';
import { parseSweepRequest } from './request.ts';
import { createRunStore } from './run-store.ts';
import type { SweepServices } from './services.ts';
import { sweep } from './sweep.ts';
import { timesOf } from './times.ts';
import { createTolerate } from './tolerate.ts';

const environment = readSweepCertificatesEnvironment();
const now = (): number => Date.now();
const counter = createCounter('sweep-certificates', now);
const count = (metric: string, value?: number): void => counter.count(metric, value);

/** Lambda entry: one of its two schedules, or `{"recheck": true}` after a change of the allow-list. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: (event, context) => sweep(parseSweepRequest(event, context.awsRequestId), servicesFor(context)),
});

/** What lives as long as the container. */
const container = once(() => ({
  crls: createCrlSource({
    fetch,
    now,
    readObject: createReadObject(s3Client),
    onRefreshFailed: () => count('CrlRefreshFailed'),
  }),
  // Across invocations: two that follow one another have one pace.
  pace: createPace(environment.callsPerSecond, { now, sleep: (ms) => sleep(ms) }),
}));

function servicesFor(context: Context): SweepServices {
  const { crls, pace } = container();
  const { settings, accountId, acceptedCas, crlAddress, activateFunction: functionName } = environment;
  const { stopAtMs, deadlineMs, leaseUntilMs } = timesOf(now(), context.getRemainingTimeInMillis());
  const retry = {
    deadlineMs,
    now,
    sleep: (ms: number) => sleep(ms),
    random: () => Math.random(),
    onRetry: () => count('CallRetried'),
  };
  const call: Call = (make) =>
    withRetries(async () => {
      await pace();
      return make();
    }, retry);
  const client = dynamodbClient();
  const tell = createTell(snsClient, environment.notificationsTopicArn);
  const { tolerate, requireFewSkipped } = createTolerate({ count, log: (line) => console.warn(line) });
  const memory = createMemory(client, environment.sweepTable);
  const registry = createRegistry(iotClient(), call);
  return {
    settings,
    runs: createRunStore({
      client,
      tableName: environment.sweepTable,
      now,
      newHolder: () => `${context.awsRequestId}/${randomUUID()}`,
      leaseUntilMs,
    }),
    registry,
    cas: createCaDirectory(registry, acceptedCas, tolerate),
    lists: createRevocationLists({ crls, memory, tell, now, crlAddress, count }),
    connections: createConnections(iotDataClient(), now, call),
    memory,
    devices: { client, tableName: environment.devicesTable },
    presence: { client, tableName: environment.presenceTable },
    held: { client, tableName: environment.heldTable },
    askAgain: createAskAgain({ client: lambdaClient, functionName, accountId, call }),
    tell,
    tolerate,
    requireFewSkipped,
    now,
    isTimeUp: () => now() >= stopAtMs,
    count,
  };
}
