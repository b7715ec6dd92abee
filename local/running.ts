import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isAlive, startOf } from './processes.ts';

/** Where the running cloud says what it is: `.glasshouse/cloud.json`. */
const FILE = 'cloud.json';

const schema = z.object({
  /** The process that runs it. */
  pid: z.number().int(),
  /** When that process was started, where the system says it (processes.ts). */
  processStart: z.string().optional(),
  startedAt: z.string(),
  service: z.string(),
  stage: z.string(),
  region: z.string(),
  accountId: z.string(),
  /** What to put into AWS_ENDPOINT_URL. */
  endpointUrl: z.string(),
  /** `mqtt://127.0.0.1:1883` */
  mqttUrl: z.string(),
  /** `mqtts://127.0.0.1:8883`: with a certificate. */
  mqttsUrl: z.string(),
  /** `https://127.0.0.1:8443`: with a certificate. */
  httpsUrl: z.string(),
  /** File of the root certificate by which devices trust this cloud. */
  caFile: z.string(),
  pageUrl: z.string(),
  /** The HTTP API of the functions' httpApi events, where there are any. */
  httpApiUrl: z.string().exactOptional(),
  /** The process of the DynamoDB engine that it started, if it started one. */
  dynamodbPid: z.number().int().optional(),
  /** What `Ref` gives for the resources of the template, by logical id: names of tables, URLs of queues. */
  resources: z.record(z.string(), z.string()),
});

/** A cloud that runs, as other programs find it. */
export type RunningCloud = z.infer<typeof schema>;

export function writeRunning(folder: string, cloud: RunningCloud): void {
  const written = { ...cloud, processStart: startOf(cloud.pid) };
  writeFileSync(path.join(folder, FILE), `${JSON.stringify(written, undefined, 2)}\n`);
}

export function removeRunning(folder: string): void {
  rmSync(path.join(folder, FILE), { force: true });
}

/** What was written last, whether or not its process still runs; undefined when there is nothing readable. */
export function readLastRunning(folder: string): RunningCloud | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path.join(folder, FILE), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The cloud that runs on this folder; undefined when none does, also after it was killed. */
export function findRunning(folder: string): RunningCloud | undefined {
  const cloud = readLastRunning(folder);
  return cloud !== undefined && isAlive(cloud.pid) && isSameProcess(cloud) ? cloud : undefined;
}

/** After a crash, and surely after a restart of the machine, another process may have got the id. */
function isSameProcess({ pid, processStart }: RunningCloud): boolean {
  return processStart === undefined || processStart === startOf(pid);
}
