import {
  compilePattern,
  isFields,
  PatternError,
  type EventPattern,
  type Fields,
  type PatternDialect,
} from '../../event-pattern/index.ts';
import { combinations, MAX_COMBINATIONS } from './combinations.ts';

/** What a filter policy looks at: `FilterPolicyScope`. */
export type FilterScope = 'MessageAttributes' | 'MessageBody';

/**
 * What SNS knows of patterns, which is less than EventBridge: no wildcards, and `anything-but` with prefixes only.
 * (SNS developer guide, "Filter policy constraints" and "String value matching")
 */
const SNS: PatternDialect = {
  operators: ['exists', 'prefix', 'suffix', 'equals-ignore-case', 'cidr', 'numeric', 'anything-but'],
  anythingBut: ['prefix'],
  foldsAffixes: false,
  takesSingleAddress: false,
  greatestNumber: 1_000_000_000,
  decimals: 5,
};

const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 5;

/** Why a filter policy cannot be, without the parameter that SNS puts in front. */
export class FilterPolicyError extends Error {}

/**
 * Compiles a filter policy.
 *
 * @returns undefined for one without keys, which lets everything through, also what could not be looked at.
 * @throws FilterPolicyError in the words of SNS; where something is wrong stands in a second line.
 */
export function compileFilterPolicy(text: string, scope: FilterScope): EventPattern | undefined {
  const policy = parse(text);
  if (Object.keys(policy).length === 0) return undefined;
  if (Object.keys(policy).length > MAX_KEYS) {
    throw new FilterPolicyError(`FilterPolicy: Filter policy can not have more than ${MAX_KEYS} keys`);
  }
  if (scope === 'MessageAttributes' && isNested(policy)) {
    throw new FilterPolicyError(
      'Filter policy scope MessageAttributes does not support nested filter policy',
    );
  }
  if (combinations(policy) > MAX_COMBINATIONS) {
    throw new FilterPolicyError('FilterPolicy: Filter policy is too complex');
  }
  try {
    return compilePattern(policy, SNS);
  } catch (thrown) {
    if (!(thrown instanceof PatternError)) throw thrown;
    throw new FilterPolicyError(`FilterPolicy: ${thrown.reason}\n ${thrown.help}`, { cause: thrown });
  }
}

function parse(text: string): Fields {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new FilterPolicyError(`FilterPolicy: it is larger than ${MAX_BYTES} bytes`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new FilterPolicyError('FilterPolicy: failed to parse JSON.', { cause });
  }
  if (isFields(parsed)) return parsed;
  throw new FilterPolicyError('FilterPolicy: Filter is not an object');
}

/** Message attributes are single values: nothing stands within them. */
function isNested(policy: Fields): boolean {
  return Object.values(policy).some(isFields);
}
