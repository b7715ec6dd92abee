import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createSqs, type Sqs } from '../../../local/sqs/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { authorization, CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';

export const ACCOUNT = '000000000000';

/** Queues behind an endpoint, a client for them, and a clock that stands still. */
export async function startSqs() {
  const folder = await mkdtemp(path.join(tmpdir(), 'sqs-'));
  const file = path.join(folder, 'queues.sqlite');
  const clock = new ManualClock();
  let current: Sqs | undefined;
  const endpoint = await startEndpoint({ sqs: (request, response) => current?.handler(request, response) });
  const { url } = endpoint;
  const open = () => createSqs({ file, clock, accountId: ACCOUNT, region: REGION, baseUrl: url });
  current = open();
  const client = new SQSClient({ endpoint: url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  return {
    url,
    file,
    clock,
    client,
    failures: endpoint.failures,
    get sqs(): Sqs {
      if (current === undefined) throw new Error('it is closed');
      return current;
    },
    restart(): void {
      current?.close();
      current = open();
    },
    /** A request in the older protocol; gives back its XML. */
    async query(
      parameters: Readonly<Record<string, string>>,
      at = '/',
    ): Promise<{ status: number; xml: string }> {
      const response = await fetch(url + at, {
        method: 'POST',
        headers: authorization('sqs'),
        body: new URLSearchParams({ Version: '2012-11-05', ...parameters }),
      });
      return { status: response.status, xml: await response.text() };
    },
    async close(): Promise<void> {
      client.destroy();
      await endpoint.close();
      current?.close();
      await rm(folder, { recursive: true });
    },
  };
}
