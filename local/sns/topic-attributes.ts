import type { AwsApiError } from '../errors.ts';
import { checkTopicPolicy, DeliveryPolicyError } from './delivery/http-policy.ts';
import { invalidParameter } from './errors.ts';
import { MAX_MESSAGE_BYTES } from './message.ts';

type Attributes = Readonly<Record<string, string>>;

/** Kept and given back; nothing here encrypts or traces. */
const KEPT = ['KmsMasterKeyId'];

/** Why a value cannot be, by the attributes that are served. */
const PROBLEMS: Readonly<Record<string, (value: string) => string | undefined>> = {
  DisplayName: (value) => (value.length <= 100 ? undefined : 'it has at most 100 characters'),
  Policy: (value) => policyProblem(value),
  DeliveryPolicy(value) {
    try {
      checkTopicPolicy(value);
      return undefined;
    } catch (thrown) {
      if (thrown instanceof DeliveryPolicyError) return thrown.message;
      throw thrown;
    }
  },
  SignatureVersion: (value) => (value === '1' || value === '2' ? undefined : 'it is 1 or 2'),
  TracingConfig: (value) =>
    value === 'PassThrough' ? undefined : 'it is PassThrough: nothing here writes traces of X-Ray',
  MaximumMessageSize: (value) =>
    /^\d{4,7}$/.test(value) && Number(value) >= 1_024 && Number(value) <= 1_048_576
      ? undefined
      : 'it is a whole number from 1024 to 1048576',
  ...Object.fromEntries(KEPT.map((name) => [name, () => undefined])),
};

/**
 * Lays changes over the attributes of a topic; an empty text takes one away.
 *
 * @throws AwsApiError InvalidParameter
 */
export function changeTopicAttributes(current: Attributes, changes: Attributes): Attributes {
  const changed = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(changes)) {
    // A standard topic may be asked for in so many words, which then say nothing.
    if (name === 'FifoTopic' && value.toLowerCase() === 'false') continue;
    if (!Object.hasOwn(PROBLEMS, name)) throw notServed(name);
    if (value === '') {
      changed.delete(name);
      continue;
    }
    const problem = PROBLEMS[name]?.(value);
    if (problem !== undefined) throw invalidParameter(name, problem);
    changed.set(name, value);
  }
  return Object.fromEntries(changed);
}

/** How large a message of a topic may be. */
export function maxMessageBytes(attributes: Attributes): number {
  return Number(attributes['MaximumMessageSize'] ?? MAX_MESSAGE_BYTES);
}

function notServed(name: string): AwsApiError {
  const served = Object.keys(PROBLEMS).join(', ');
  return invalidParameter(
    'AttributeName',
    `the attribute ${name.slice(0, 100)} is not served here; served are ${served}`,
  );
}

function policyProblem(value: string): string | undefined {
  try {
    const policy: unknown = JSON.parse(value);
    const isPolicy = typeof policy === 'object' && policy !== null && 'Statement' in policy;
    return isPolicy ? undefined : 'Policy Error: null';
  } catch {
    return 'Policy Error: it is not JSON';
  }
}
