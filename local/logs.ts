import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemClock, type Clock } from './clock.ts';

/** A log file is set aside as `<name>.1` when it has grown to this. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Lines are gathered this long before they are written. */
const FLUSH_MS = 200;

/** The logs of the cloud: files of lines under one folder. */
export interface Logs {
  /** What the cloud itself has to say: `cloud.ndjson`. */
  cloud(level: 'info' | 'warn' | 'error', message: string, data: Readonly<Record<string, unknown>>): void;
  /** A line that a function wrote: `<function>.log`. */
  function(functionKey: string, line: string): void;
  close(): void;
}

/**
 * @param clock says what time a line is of.
 * @param timers on which lines are written: who reads them lives in real time, also while the cloud's stands still.
 */
export function openLogs(
  folder: string,
  clock: Pick<Clock, 'now'>,
  timers: Pick<Clock, 'schedule'> = systemClock,
): Logs {
  mkdirSync(folder, { recursive: true });
  const waiting = new Map<string, string[]>();
  let flushing = false;

  function flush(): void {
    flushing = false;
    for (const [name, lines] of waiting) {
      const file = path.join(folder, name);
      appendFileSync(file, `${lines.join('\n')}\n`);
      if (statSync(file).size > MAX_FILE_BYTES) renameSync(file, `${file}.1`);
    }
    waiting.clear();
  }

  function write(name: string, line: string): void {
    const lines = waiting.get(name);
    if (lines === undefined) waiting.set(name, [line]);
    else lines.push(line);
    if (flushing) return;
    flushing = true;
    timers.schedule(FLUSH_MS, flush);
  }

  return {
    cloud(level, message, data) {
      const time = new Date(clock.now()).toISOString();
      write('cloud.ndjson', JSON.stringify({ time, level, message, ...data }, plainErrors));
    },
    function: (functionKey, line) => write(`${functionKey}.log`, line),
    close: flush,
  };
}

/** Errors have no enumerable properties: JSON would print them empty. */
function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause };
}
