import {
  alternativesOf,
  compilePattern,
  isFields,
  PatternError,
  type EventPattern,
  type Fields,
  type PatternDialect,
} from '../../event-pattern/index.ts';
import { eventBridgeError } from '../errors.ts';

export type { EventPattern };

/** What EventBridge knows of patterns. */
const EVENT_BRIDGE: PatternDialect = {
  operators: [
    'exists',
    'prefix',
    'suffix',
    'equals-ignore-case',
    'wildcard',
    'cidr',
    'numeric',
    'anything-but',
  ],
  anythingBut: ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'],
  foldsAffixes: true,
  takesSingleAddress: true,
  greatestNumber: 5_000_000_000,
};

/** EventBridge's limit for the text of a pattern. */
const MAX_LENGTH = 4_096;

/** A list of `$or` may not stand for more combinations than this. */
const MAX_COMBINATIONS = 1_000;

/**
 * Compiles an event pattern, as JSON: see `compilePattern`.
 *
 * @throws AwsApiError InvalidEventPatternException that says what is wrong, and where.
 */
export function compileEventPattern(text: string): EventPattern {
  if (text.length > MAX_LENGTH) throw invalidPattern(`it is longer than ${MAX_LENGTH} characters`);
  const pattern = readObject(text);
  if (combinations(pattern) > MAX_COMBINATIONS) {
    throw invalidPattern(`its $or stand for more than ${MAX_COMBINATIONS} combinations`);
  }
  try {
    return compilePattern(pattern, EVENT_BRIDGE);
  } catch (thrown) {
    if (thrown instanceof PatternError) throw invalidPattern(thrown.message);
    throw thrown;
  }
}

function readObject(text: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidPattern('it is not JSON');
  }
  if (isFields(parsed)) return parsed;
  throw invalidPattern('it is not a JSON object');
}

/** How many patterns without `$or` a pattern stands for. */
function combinations(pattern: Fields): number {
  let count = 1;
  for (const [key, value] of Object.entries(pattern)) {
    const alternatives = alternativesOf(key, value);
    if (alternatives !== undefined) {
      count *= alternatives.reduce((sum, one) => sum + combinations(one), 0);
    } else if (isFields(value)) count *= combinations(value);
  }
  return count;
}

function invalidPattern(reason: string): Error {
  return eventBridgeError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}
