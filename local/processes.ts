import { readFileSync } from 'node:fs';

/** Whether a process runs. One that has ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // What belongs to another user may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return readStat(pid)?.state !== 'Z';
}

/**
 * When a process was started, in ticks since the machine was: with the id it tells the process from a later
 * one, for ids are used again. Undefined where the system does not say it (all but Linux) or none runs.
 */
export function startOf(pid: number): string | undefined {
  return readStat(pid)?.start;
}

/** Fields 3 and 22 of /proc/<pid>/stat [proc_pid_stat(5)]; the second is a name that may hold anything. */
function readStat(pid: number): { state: string | undefined; start: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}
