import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SNSClient } from '@aws-sdk/client-sns';
import type { MetricDatum } from '../../../local/cloudwatch/metric.ts';
import { newKeyPair, type KeyPair } from '../../../local/iot/x509/keys.ts';
import { createSns, type Sns, type SnsTargets } from '../../../local/sns/index.ts';
import { createSqs } from '../../../local/sqs/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';

export const ACCOUNT = '000000000000';

/** Making a key takes a while: all topics of the tests sign with one. */
let signingKeys: Promise<KeyPair> | undefined;
const testKeyPair = (): Promise<KeyPair> => (signingKeys ??= newKeyPair('RSA-2048'));

/** Topics behind an endpoint, a client for them, and everything that was delivered. */
export async function startSns(changes: Partial<SnsTargets> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'sns-'));
  const clock = new ManualClock();
  const logged: Record<string, unknown>[] = [];
  const invoked: { functionArn: string; event: unknown }[] = [];
  const kept: { kind: string; record: Readonly<Record<string, unknown>> }[] = [];
  const metrics: MetricDatum[] = [];
  let current: Sns | undefined;
  const answerLink = async ({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [linkPath = '', query] = url.split('?');
    const answer = await current?.answerLink(linkPath, new URLSearchParams(query));
    response.writeHead(200, { 'content-type': answer?.contentType }).end(answer?.body);
  };
  const endpoint = await startEndpoint(
    { sns: (request, response) => current?.handler(request, response) },
    answerLink,
  );
  const { url } = endpoint;
  const sqs = createSqs({ file: ':memory:', clock, accountId: ACCOUNT, region: REGION, baseUrl: url });
  const open = () =>
    createSns({
      file: path.join(folder, 'topics.sqlite'),
      clock,
      accountId: ACCOUNT,
      region: REGION,
      baseUrl: url,
      log: (message, data) => logged.push({ message, ...data }),
      newKeyPair: testKeyPair,
      targets: {
        sendMessage: (message) => sqs.sendMessage(message),
        invokeAsync: async (functionArn, event) => void invoked.push({ functionArn, event }),
        keep: (kind, record) => void kept.push({ kind, record }),
        putMetric: (datum) => void metrics.push(datum),
        ...changes,
      },
    });
  current = open();
  const client = new SNSClient({ endpoint: url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  return {
    url,
    clock,
    client,
    sqs,
    logged,
    invoked,
    kept,
    metrics,
    /** The sums of the metrics of one topic by name, without what every message counts. */
    counted(topicArn: string): Record<string, number> {
      const topic = topicArn.slice(topicArn.lastIndexOf(':') + 1);
      const sums: Record<string, number> = {};
      for (const { name, dimensions, value } of metrics) {
        if (dimensions['TopicName'] !== topic || name === 'PublishSize') continue;
        sums[name] = (sums[name] ?? 0) + value;
      }
      return sums;
    },
    failures: endpoint.failures,
    get sns(): Sns {
      if (current === undefined) throw new Error('it is closed');
      return current;
    },
    restart(): void {
      current?.close();
      current = open();
    },
    async close(): Promise<void> {
      client.destroy();
      await endpoint.close();
      await current?.drained();
      current?.close();
      sqs.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type TestSns = Awaited<ReturnType<typeof startSns>>;

/** A server on a free port that keeps what is posted to it, and answers with the statuses in turn, then with 200. */
export async function startSubscriber(statuses: readonly number[] = [], now = (): number => 0) {
  const posted: { type: string; headers: Record<string, unknown>; body: string; atMs: number }[] = [];
  const left = [...statuses];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await buffer(request)).toString();
    const type = String(request.headers['x-amz-sns-message-type']);
    posted.push({ type, headers: request.headers, body, atMs: now() });
    response.writeHead(type === 'Notification' ? (left.shift() ?? 200) : 200).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    posted,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
