import { visible, type Terminal } from '../terminal.ts';
import type { OnboardResult } from './onboard.ts';

/** Progress is told once for so many devices. */
const PROGRESS_ROWS = 50;

/**
 * Tells what became of each row, as a line for people or as JSON, and how far the run is.
 *
 * @param total rows of the file
 */
export function createReport({ out, err }: Terminal, isJson: boolean, total: number) {
  let count = 0;
  return async (result: OnboardResult): Promise<void> => {
    const { line, outcome, thingName = '', certificateId = '', certificateFile, reason } = result;
    count += 1;
    if (isJson) await out.line(JSON.stringify(result));
    else if (outcome === 'failed') {
      const what = [certificateFile, thingName].filter((part) => part !== '').map((part) => visible(part));
      const where = [`line ${line}`, ...what].join(' ');
      await out.line(`${out.paint('red', 'FAILED')}  ${where}: ${reason ?? 'no reason is known'}`);
    } else {
      const painted = out.paint(outcome === 'done' ? 'green' : 'dim', outcome.padEnd(6));
      await out.line(`${painted}  ${visible(thingName)} ${certificateId}`);
    }
    if (count % PROGRESS_ROWS === 0) await err.line(err.paint('dim', `${count} of ${total}`));
  };
}
