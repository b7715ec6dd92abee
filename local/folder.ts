import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './errors.ts';
import { isAlive, startOf } from './processes.ts';
import { findRunning, readLastRunning } from './running.ts';

/** Marks a folder as one of ours: only such a folder is ever emptied. */
const MARK = 'glasshouse-state';

/** Holds the process whose cloud has the folder. It is there before anything else is touched. */
const CLAIM = 'claim.json';

const claimSchema = z.object({ pid: z.number(), start: z.string().optional() });

/**
 * Makes a folder the state of one cloud, until what is returned is called.
 *
 * @throws ConfigurationError CLOUD_RUNNING when another cloud has it, FOLDER_NOT_OURS when it should be
 *   emptied and holds something else.
 */
export function openFolder(folder: string, fresh: boolean): () => void {
  mkdirSync(folder, { recursive: true });
  const ours = existsSync(path.join(folder, MARK)) || readdirSync(folder).length === 0;
  if (fresh && !ours) {
    throw new ConfigurationError(
      `${folder} was not made by glasshouse, so --fresh does not empty it: remove it yourself`,
      { code: 'FOLDER_NOT_OURS', data: { folder } },
    );
  }
  const claim = claimFolder(folder);
  endLeftoverEngine(folder);
  if (fresh) {
    for (const name of readdirSync(folder)) {
      if (name !== CLAIM) rmSync(path.join(folder, name), { recursive: true, force: true });
    }
  }
  writeFileSync(
    path.join(folder, MARK),
    'State of a local cloud. It can be deleted while no cloud is running.\n',
  );
  return () => rmSync(claim, { force: true });
}

/** Of two clouds that start at once, the file system lets one create the file. */
function claimFolder(folder: string): string {
  const claim = path.join(folder, CLAIM);
  const { pid } = process;
  const content = JSON.stringify({ pid, start: startOf(pid) });
  for (;;) {
    try {
      writeFileSync(claim, content, { flag: 'wx' });
      return claim;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = liveHolder(claim);
    if (holder !== undefined) throw taken(folder, holder);
    rmSync(claim, { force: true });
  }
}

/** The process that has a claim; undefined when it was killed and could not give it back. */
function liveHolder(claim: string): number | undefined {
  try {
    const { pid, start } = claimSchema.parse(JSON.parse(readFileSync(claim, 'utf8')));
    return isAlive(pid) && startOf(pid) === start ? pid : undefined;
  } catch {
    return undefined;
  }
}

function taken(folder: string, pid: number): ConfigurationError {
  const page = findRunning(folder)?.pageUrl;
  const where = page === undefined ? '' : `, page ${page}`;
  return new ConfigurationError(
    `a cloud runs on ${folder} already (process ${pid}${where}): stop it first, or set GLASSHOUSE_FOLDER to another folder`,
    { code: 'CLOUD_RUNNING', data: { folder, pid } },
  );
}

/** A cloud that was killed could not stop its engine: that one would write into the same files. */
function endLeftoverEngine(folder: string): void {
  const pid = readLastRunning(folder)?.dynamodbPid;
  if (pid === undefined || !isAlive(pid) || !isEngine(pid)) return;
  process.kill(pid, 'SIGKILL');
}

/** Process ids are used again: only what is an engine by its command line is ended. */
function isEngine(pid: number): boolean {
  try {
    return /dynoxide|DynamoDBLocal/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}
