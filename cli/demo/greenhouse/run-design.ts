import { fork } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { errorText } from '../../../shared/errors.ts';
import { CommandError } from '../../errors.ts';
import { COMPILED_FOLDER } from '../../start/cloud-process.ts';
import { recordSchema, type DesignRecord } from './record.ts';
import type { ShadeControl } from './service.ts';

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('minute'), minute: z.number() }),
  z.object({ kind: z.literal('told'), message: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({ kind: z.literal('done'), record: recordSchema }),
]);

/** What the process of a design tells. */
export type ToParent = z.output<typeof messageSchema>;

export interface DesignOptions {
  readonly design: ShadeControl;
  /** Folder of serverless.yml. */
  readonly serviceFolder: string;
  /** Where the functions are bundled, once they are. */
  readonly bundles: Promise<string>;
  /** Folder of the state, which is there and empty. */
  readonly folder: string;
  /** Midnight of the day, milliseconds since the epoch. */
  readonly startMs: number;
  readonly onMinute: (minute: number) => void;
  readonly tell: (message: string) => void;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/**
 * Runs one design through the day in a process of its own, so that two of them share the cores of the machine.
 *
 * @throws CommandError DEMO_FAILED with what went wrong, DEMO_STOPPED when it was ended
 */
export function runDesign(options: DesignOptions): Promise<DesignRecord> {
  const { design, serviceFolder, bundles, folder, startMs, onMinute, tell, signal } = options;
  const program = new URL('./design-process.ts', import.meta.url);
  const child = fork(program, [design, folder, serviceFolder, String(startMs)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { NODE_COMPILE_CACHE: path.join(serviceFolder, COMPILED_FOLDER), ...process.env },
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  // It may have come while the functions were bundled.
  if (signal.aborted) stop();
  return new Promise<DesignRecord>((resolve, reject) => {
    let record: DesignRecord | undefined;
    let problem = '';
    bundles.then(
      (bundleFolder) => void (child.connected && child.send(bundleFolder)),
      (error: unknown) => {
        problem = errorText(error);
        stop();
      },
    );
    child.on('message', (raw) => {
      const message = messageSchema.parse(raw);
      if (message.kind === 'minute') onMinute(message.minute);
      else if (message.kind === 'told') tell(message.message);
      else if (message.kind === 'done') ({ record } = message);
      else problem = message.message;
    });
    child.once('error', (error) => (problem = error.message));
    child.once('close', () => {
      signal.removeEventListener('abort', stop);
      if (record !== undefined) resolve(record);
      else if (signal.aborted) reject(new CommandError('DEMO_STOPPED', 'ended before the day was over'));
      else reject(new CommandError('DEMO_FAILED', `the design "${design}" did not run: ${problem || said}`));
    });
  });
}
