import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { errorText } from '../../../shared/errors.ts';
import { startGreenhouseCloud } from './cloud.ts';
import type { ToParent } from './run-design.ts';
import { playDay } from './play-day.ts';

/**
 * Runs one design through the day, in a process of its own: node design-process.ts DESIGN FOLDER SERVICE START. Its
 * parent sends where the functions are bundled. It ends when its parent is gone.
 */
const [design, folder = '', serviceFolder = '', startMs] = process.argv.slice(2);

function send(message: ToParent): void {
  if (process.connected) process.send?.(message);
}

// watch-lux has the more to do: where both designs want a core, it comes first, and the day is over sooner.
if (design === 'alarms') setPriority(constants.priority.PRIORITY_LOW);

const startedMs = performance.now();
const starting = startGreenhouseCloud({
  serviceFolder,
  folder,
  bundles: once(process, 'message').then(([bundleFolder]) => String(bundleFolder)),
  shadeControl: design === 'alarms' ? 'alarms' : 'dwell',
  startMs: Number(startMs),
  tell: (message) => send({ kind: 'told', message }),
});

/** A cloud that is about to start is stopped when it has: it has a process of its own to end. */
async function end(code: number): Promise<void> {
  await starting.then(
    (cloud) => cloud.stop(),
    () => undefined,
  );
  process.exit(code);
}

process.once('disconnect', () => void end(1));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(1));

try {
  const onMinute = (minute: number): void => {
    if (minute % 60 === 59) send({ kind: 'minute', minute });
  };
  const played = await playDay(await starting, { onMinute });
  const seconds = (performance.now() - startedMs) / 1_000;
  send({ kind: 'done', record: { ...played, seconds } });
  await end(0);
} catch (error) {
  send({ kind: 'failed', message: errorText(error) });
  await end(1);
}
