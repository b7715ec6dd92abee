import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { PluginMessage } from '../../local/plugin-message.ts';
import { findRunning, type RunningCloud } from '../../local/running.ts';
import { CommandError } from '../errors.ts';

/** Lines of `serverless` that are kept, to be shown if it ends before the cloud runs. */
const KEPT_LINES = 60;

const STOP_MS = 10_000;

/** Where Node keeps what it has compiled, for the next start. It may be removed at any time. */
export const COMPILED_FOLDER = '.esbuild/compiled';

/** The cloud, in a process of its own: `serverless offline`. */
export interface CloudProcess {
  readonly cloud: RunningCloud;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface CloudProcessOptions {
  /** Folder of serverless.yml. */
  readonly serviceFolder: string;
  /** Folder of the state. */
  readonly folder: string;
  /** Settings for the process, by their GLASSHOUSE_ names. */
  readonly settings: Readonly<Record<string, string>>;
  /** Takes what the person at the terminal should know. */
  readonly tell: (message: string) => void;
  /** Says in other words what the cloud says of a start that failed. */
  readonly problemText?: (message: string) => string;
  /** Ends a start that is under way: it fails once nothing of it is left. */
  readonly signal?: AbortSignal;
}

const messageSchema: z.ZodType<PluginMessage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({ kind: z.literal('tell'), message: z.string() }),
]);

/** @throws CommandError CLOUD_NOT_STARTED with what the cloud said. */
export async function startCloudProcess(options: CloudProcessOptions): Promise<CloudProcess> {
  const { serviceFolder, folder, settings, tell, signal, problemText = (text) => text } = options;
  const child = spawn(process.execPath, [serverlessProgram(), 'offline', 'start'], {
    cwd: serviceFolder,
    env: {
      // Compiling serverless and its plugins is a third of what they need to load.
      NODE_COMPILE_CACHE: path.join(serviceFolder, COMPILED_FOLDER),
      ...process.env,
      ...settings,
      GLASSHOUSE_FOLDER: folder,
      SLS_NOTIFICATIONS_MODE: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const lines = keepLines(child);
  const giveUp = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted === true) giveUp();

  await new Promise<void>((resolve, reject) => {
    const fail = (message: string): void => reject(new CommandError('CLOUD_NOT_STARTED', message));
    child.on('message', (raw) => {
      const message = messageSchema.parse(raw);
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'failed') fail(problemText(message.message));
      else tell(message.message);
    });
    void ended.then(() => fail(`serverless ended before the cloud ran:\n${lines().join('\n')}`));
  }).finally(() => signal?.removeEventListener('abort', giveUp));
  const cloud = findRunning(folder);
  if (cloud === undefined)
    throw new CommandError('CLOUD_NOT_STARTED', `the cloud left no trace in ${folder}`);

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(hard);
  }
  return { cloud, ended, stop };
}

function serverlessProgram(): string {
  const manifest = createRequire(import.meta.url).resolve('serverless/package.json');
  return path.join(path.dirname(manifest), 'bin', 'serverless.js');
}

function keepLines(child: ChildProcess): () => readonly string[] {
  let kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      kept = [...kept, ...chunk.split('\n').filter((line) => line.trim() !== '')].slice(-KEPT_LINES);
    });
  }
  return () => kept;
}
