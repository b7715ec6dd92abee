import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunningCloud } from '../../local/running.ts';
import { CommandError } from '../errors.ts';
import { startCloudProcess } from '../start/cloud-process.ts';

const SERVICE_FOLDER = path.join(import.meta.dirname, '..', '..');

/** Ports that are free beside any other cloud. */
const ANY_PORTS = Object.fromEntries(
  ['MQTT', 'MQTTS', 'HTTPS', 'HTTP_API', 'ENDPOINT', 'PAGE'].map((name) => [`GLASSHOUSE_${name}_PORT`, '0']),
);

/**
 * Does work in a cloud of its own, which is gone afterwards.
 *
 * @param options.tell takes what the cloud tells the person who runs it
 * @throws CommandError CLOUD_NOT_STARTED; DEMO_STOPPED when it was ended before its time; what the work throws
 */
export async function withOwnCloud<Result>(
  options: { readonly tell: (message: string) => void; readonly signal: AbortSignal },
  work: (cloud: RunningCloud) => Promise<Result>,
): Promise<Result> {
  const { tell, signal } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-demo-'));
  try {
    const cloudProcess = await startCloudProcess({
      serviceFolder: SERVICE_FOLDER,
      folder,
      settings: ANY_PORTS,
      tell,
      signal,
    }).catch((error: unknown) => {
      throw signal.aborted ? demoStopped() : error;
    });
    try {
      return await untilAborted(signal, () => work(cloudProcess.cloud));
    } finally {
      await cloudProcess.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Does work until it is done or the signal comes. @throws CommandError DEMO_STOPPED; what the work throws */
export async function untilAborted<Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  if (signal.aborted) throw demoStopped();
  const stopped = Promise.withResolvers<never>();
  const end = (): void => stopped.reject(demoStopped());
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work(), stopped.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function demoStopped(): CommandError {
  return new CommandError('DEMO_STOPPED', 'ended before it was over');
}
