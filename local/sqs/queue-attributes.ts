import * as z from 'zod';
import { sqsError } from './errors.ts';

/** Attributes as they were set, all text, by AWS's names. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** Numbers: least, most and default (SQS API, SetQueueAttributes; 1 MiB since August 2025). */
const NUMBERS = {
  DelaySeconds: [0, 900, 0],
  MaximumMessageSize: [1_024, 1_048_576, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  VisibilityTimeout: [0, 43_200, 30],
} as const satisfies Readonly<Record<string, readonly [number, number, number]>>;

type NumberName = keyof typeof NUMBERS;

/** Kept and given back. They change nothing here: there are no identities to check and nothing is encrypted. */
const KEPT = new Set(['Policy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled']);
const READ_ONLY = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
] as const;
const FIFO = new Set(['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit']);
const SETTABLE = new Set([...Object.keys(NUMBERS), ...KEPT, 'RedrivePolicy', 'RedriveAllowPolicy']);

/** `maxReceiveCount` may be a number or its text: CloudFormation and the console write both. */
const redrivePolicySchema = z.object({
  deadLetterTargetArn: z.string().min(1),
  maxReceiveCount: z.coerce.number().int().min(1).max(1_000),
});
export type RedrivePolicy = z.infer<typeof redrivePolicySchema>;

const redriveAllowPolicySchema = z.object({
  redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
  sourceQueueArns: z.array(z.string()).max(10).default([]),
});
export type RedriveAllowPolicy = z.infer<typeof redriveAllowPolicySchema>;

/**
 * Lays `changes` over `current`. An empty text takes an attribute back to its default.
 *
 * @throws AwsApiError `InvalidAttributeName`, `InvalidAttributeValue` or, for a FIFO queue's attributes,
 *   `UnsupportedOperation`.
 */
export function changeAttributes(current: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const changed = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(changes)) {
    if (FIFO.has(name)) throw fifoRefused(`the attribute ${name}`);
    if (!SETTABLE.has(name)) throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    if (value === '') {
      changed.delete(name);
    } else {
      validate(name, value);
      changed.set(name, value);
    }
  }
  return Object.fromEntries(changed);
}

export function fifoRefused(what: string) {
  return sqsError(
    'UnsupportedOperation',
    `FIFO queues are not part of this cloud: ${what} asks for one. Use a standard queue.`,
  );
}

function validate(name: string, value: string): void {
  if (isNumberName(name)) {
    const [least, most] = NUMBERS[name];
    const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
    if (number < least || number > most) {
      throw sqsError(
        'InvalidAttributeValue',
        `Invalid value for the parameter ${name}: "${value}" is not a whole number from ${least} to ${most}.`,
      );
    }
  }
  if (name === 'RedrivePolicy') readRedrivePolicy({ RedrivePolicy: value });
  if (name === 'RedriveAllowPolicy') readRedriveAllowPolicy({ RedriveAllowPolicy: value });
}

/** A number among the attributes, or its default. */
export function numberAttribute(attributes: QueueAttributes, name: NumberName): number {
  const value = attributes[name];
  return value === undefined ? NUMBERS[name][2] : Number(value);
}

export function readRedrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  return readPolicy('RedrivePolicy', attributes['RedrivePolicy'], redrivePolicySchema);
}

export function readRedriveAllowPolicy(attributes: QueueAttributes): RedriveAllowPolicy | undefined {
  return readPolicy('RedriveAllowPolicy', attributes['RedriveAllowPolicy'], redriveAllowPolicySchema);
}

function readPolicy<Schema extends z.ZodType>(
  name: string,
  text: string | undefined,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw sqsError(
      'InvalidAttributeValue',
      `Value ${text} for parameter ${name} is invalid. Reason: not JSON.`,
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw sqsError(
    'InvalidAttributeValue',
    `Value ${text} for parameter ${name} is invalid. Reason: ${reason}.`,
  );
}

/**
 * The attributes that a caller asked for, out of those that were set, their defaults, and `live` ones.
 *
 * @throws AwsApiError `InvalidAttributeName`.
 */
export function describeAttributes(
  attributes: QueueAttributes,
  live: Readonly<Record<(typeof READ_ONLY)[number], string>>,
  wanted: readonly string[],
): Record<string, string> {
  const defaults = Object.entries(NUMBERS).map(([name, [, , value]]): [string, string] => [
    name,
    String(value),
  ]);
  const all: Record<string, string> = {
    ...live,
    ...Object.fromEntries(defaults),
    SqsManagedSseEnabled: 'KmsMasterKeyId' in attributes ? 'false' : 'true',
    ...attributes,
  };
  if (wanted.includes('All')) return all;
  const known = new Set<string>([...SETTABLE, ...READ_ONLY, ...FIFO]);
  const unknown = wanted.find((name) => !known.has(name));
  if (unknown !== undefined) throw sqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
}

function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(NUMBERS, name);
}
