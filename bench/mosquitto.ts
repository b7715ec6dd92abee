import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../local/free-port.ts';

/** The certificates that the broker shows and trusts, as files. */
export interface BrokerFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Where Debian's broker is; undefined where there is none. It may stand in /usr/sbin, which is not on every PATH. */
export function findMosquitto(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => path.join(folder, 'mosquitto')).find(isExecutable);
}

/** Runs `work` beside a broker that asks for client certificates and checks topics, on a free port. */
export async function withMosquitto<Result>(
  program: string,
  files: BrokerFiles,
  work: (port: number) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-mosquitto-'));
  const port = await freePort();
  const acl = path.join(folder, 'acl');
  const configuration = path.join(folder, 'mosquitto.conf');
  writeFileSync(acl, 'topic read fleet/#\npattern write fleet/+/%c/#\n');
  writeFileSync(
    configuration,
    [
      `listener ${port} 127.0.0.1`,
      `cafile ${files.ca}`,
      `certfile ${files.cert}`,
      `keyfile ${files.key}`,
      'require_certificate true',
      'allow_anonymous true',
      `acl_file ${acl}`,
      'set_tcp_nodelay true',
      'max_inflight_messages 100',
      'max_queued_messages 1000',
      'persistence false',
      'log_type error',
      // The key is readable for its owner only, and as root the broker would become somebody else.
      'user root',
    ].join('\n'),
  );
  const broker = spawn(program, ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  // It complains of every client that goes without a word; only why it ended is of use.
  let said = '';
  broker.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)));
  const ended = new Promise<void>((resolve) => {
    broker.once('exit', () => resolve());
    broker.once('error', () => resolve());
  });
  try {
    if (!(await isListening(port, () => broker.exitCode !== null))) {
      throw new Error(`mosquitto does not listen on ${port}: ${said}`);
    }
    return await work(port);
  } finally {
    broker.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function isListening(port: number, hasEnded: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (hasEnded()) break;
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
