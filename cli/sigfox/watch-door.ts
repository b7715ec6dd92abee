import type { Door } from '../../local/devices/sigfox/door.ts';
import { errorText } from '../../shared/errors.ts';
import { visible } from '../terminal.ts';

/** Callbacks that a door did not take. */
export interface DoorFailures {
  count: number;
  /** Why the last was not taken. */
  last: string;
}

/** The same door, and what it has not taken since. */
export function watchDoor(door: Door): { readonly door: Door; readonly failures: Readonly<DoorFailures> } {
  const failures: DoorFailures = { count: 0, last: '' };
  const fail = (why: string): void => {
    failures.count += 1;
    failures.last = visible(why).slice(0, 300);
  };
  const watching: Door = async (call) => {
    try {
      const answer = await door(call);
      if (answer.status >= 400) fail(`the door answered ${answer.status}: ${answer.body}`);
      return answer;
    } catch (error) {
      fail(`the door was not reached: ${reasonOf(error)}`);
      throw error;
    }
  };
  return { door: watching, failures };
}

/** What `fetch` throws says the reason in its cause only. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return errorText(error);
  return cause.message || ('code' in cause ? String(cause.code) : errorText(error));
}
