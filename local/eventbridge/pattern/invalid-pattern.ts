import { eventBridgeError } from '../errors.ts';

/** The error of a pattern that cannot be: the reason says what, and where. */
export function invalidPattern(reason: string): Error {
  return eventBridgeError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

/** A place in a pattern, for messages: `detail.state`. */
export function place(path: readonly string[]): string {
  return path.length === 0 ? 'the pattern' : `"${path.join('.').slice(0, 200)}"`;
}
