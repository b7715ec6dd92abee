import path from 'node:path';
import { findRunning, type RunningCloud } from '../local/running.ts';
import { CommandError } from './errors.ts';
import { visible, type Terminal } from './terminal.ts';

/** The folder in which a cloud keeps what it has: `GLASSHOUSE_FOLDER`, or `.glasshouse` where we are. */
export function cloudFolder({ env, cwd }: Pick<Terminal, 'env' | 'cwd'>): string {
  return path.resolve(cwd, env['GLASSHOUSE_FOLDER'] || '.glasshouse');
}

/** @throws CommandError with the code NO_CLOUD when none runs. */
export function requireRunningCloud(terminal: Pick<Terminal, 'env' | 'cwd'>): RunningCloud {
  const folder = cloudFolder(terminal);
  const cloud = findRunning(folder);
  if (cloud !== undefined) return cloud;
  const where = `no cloud is running in ${visible(folder)}`;
  throw new CommandError(
    'NO_CLOUD',
    `${where}: start one with \`npm start\` or \`npx serverless offline\`, or name the folder of the one that runs in GLASSHOUSE_FOLDER`,
  );
}
