import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { startCloudProcess, type CloudProcess } from '../cli/start/cloud-process.ts';

const statusSchema = z.object({
  functions: z.record(z.string(), z.number()),
  dynamodb: z.record(z.string(), z.number()),
  /** Requests to AWS IoT's control plane, by operation. */
  iot: z.object({
    asked: z.record(z.string(), z.number()),
    throttled: z.record(z.string(), z.number()),
  }),
  memoryMb: z.number(),
});

export type Status = z.infer<typeof statusSchema>;

/**
 * Runs `work` against a cloud of its own, on free ports, with its state in a folder that is removed.
 *
 * @param settings further ones, by their GLASSHOUSE_ names
 */
export async function withCloud<Result>(
  work: (cloud: CloudProcess) => Promise<Result>,
  settings: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-bench-'));
  const cloud = await startCloudProcess({
    serviceFolder: path.join(import.meta.dirname, '..'),
    folder,
    settings: {
      GLASSHOUSE_MQTT_PORT: '0',
      GLASSHOUSE_MQTTS_PORT: '0',
      GLASSHOUSE_HTTPS_PORT: '0',
      GLASSHOUSE_HTTP_API_PORT: '0',
      GLASSHOUSE_ENDPOINT_PORT: '0',
      GLASSHOUSE_PAGE_PORT: '0',
      ...settings,
    },
    tell: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    return await work(cloud);
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

export async function readStatus(endpointUrl: string): Promise<Status> {
  const answer = await fetch(`${endpointUrl}/_glasshouse/status`);
  return statusSchema.parse(await answer.json());
}

/** How often DynamoDB was called. */
export function dynamodbRequests({ dynamodb }: Status): number {
  return Object.values(dynamodb).reduce((sum, count) => sum + count, 0);
}
