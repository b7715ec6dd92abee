import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { createS3 } from '../../../local/s3/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';

/** Buckets behind an endpoint, in a folder of their own, and a client for them. */
export async function startS3() {
  const directory = await mkdtemp(path.join(tmpdir(), 's3-'));
  const clock = new ManualClock();
  const s3 = createS3({ directory, clock, region: REGION });
  const endpoint = await startEndpoint({ s3: s3.handler });
  const { url, port, failures } = endpoint;
  const client = new S3Client({ endpoint: url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  return {
    directory,
    clock,
    s3,
    client,
    url,
    port,
    failures,
    async close(): Promise<void> {
      client.destroy();
      await endpoint.close();
      await s3.close();
      await rm(directory, { recursive: true });
    },
  };
}
