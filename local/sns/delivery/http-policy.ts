import { z } from 'zod';
import { BACKOFF_FUNCTIONS, totalDelaySeconds, type RetryPolicy } from './retry-policy.ts';

/** Why a DeliveryPolicy cannot be, without the parameter that SNS puts in front. */
export class DeliveryPolicyError extends Error {}

/** How messages are posted to one subscriber. */
export interface HttpPolicy {
  readonly retry: RetryPolicy;
  /** @default as fast as they come */
  readonly maxReceivesPerSecond?: number;
  readonly contentType: string;
}

/** The longest that all waits of a policy may take together. */
const MAX_TOTAL_SECONDS = 3_600;
const DEFAULT_CONTENT_TYPE = 'text/plain; charset=UTF-8';
/** What a notification in its envelope may say that it is. */
const ENVELOPE_TYPES = ['application/json', 'text/plain'];
/** What a raw message may say that it is. (SNS developer guide, "Creating an HTTP/S delivery policy") */
const RAW_TYPES = [
  ...ENVELOPE_TYPES,
  'application/atom+xml',
  'application/octet-stream',
  'application/soap+xml',
  'application/x-www-form-urlencoded',
  'application/xhtml+xml',
  'application/xml',
  'text/css',
  'text/csv',
  'text/html',
  'text/xml',
];

const count = z.number().int().min(0);
const retryPolicy = z.strictObject({
  minDelayTarget: z.number().int().min(1).max(3_600).default(20),
  maxDelayTarget: z.number().int().min(1).max(3_600).default(20),
  numRetries: count.max(100).default(3),
  numMaxDelayRetries: count.default(0),
  numNoDelayRetries: count.default(0),
  numMinDelayRetries: count.default(0),
  backoffFunction: z.enum(BACKOFF_FUNCTIONS).default('linear'),
});
const throttlePolicy = z.strictObject({ maxReceivesPerSecond: z.number().int().min(1).optional() });
const requestPolicy = z.strictObject({ headerContentType: z.string().optional() });

const ofSubscription = z.strictObject({
  healthyRetryPolicy: retryPolicy.nullish(),
  throttlePolicy: throttlePolicy.nullish(),
  requestPolicy: requestPolicy.nullish(),
});
const ofTopic = z.strictObject({
  http: z
    .strictObject({
      defaultHealthyRetryPolicy: retryPolicy.nullish(),
      disableSubscriptionOverrides: z.boolean().default(false),
      defaultThrottlePolicy: throttlePolicy.nullish(),
      defaultRequestPolicy: requestPolicy.nullish(),
    })
    .optional(),
});

type Retries = z.output<typeof retryPolicy>;

/** @throws DeliveryPolicyError for the DeliveryPolicy of a subscription that cannot be */
export function checkSubscriptionPolicy(text: string): void {
  const { healthyRetryPolicy, requestPolicy: request } = parse(ofSubscription, text);
  if (healthyRetryPolicy) checkRetries(healthyRetryPolicy);
  checkContentType(request?.headerContentType, RAW_TYPES);
}

/** @throws DeliveryPolicyError for the DeliveryPolicy of a topic that cannot be */
export function checkTopicPolicy(text: string): void {
  const { http } = parse(ofTopic, text);
  if (http?.defaultHealthyRetryPolicy) checkRetries(http.defaultHealthyRetryPolicy);
  checkContentType(http?.defaultRequestPolicy?.headerContentType, ENVELOPE_TYPES);
}

/**
 * What holds for a subscription: its own policy, else its topic's, else that of SNS; a topic may forbid its
 * subscriptions to have their own. Both were checked when they were set.
 */
export function effectivePolicy(
  ownText: string | undefined,
  topicText: string | undefined,
  isRaw: boolean,
): HttpPolicy {
  const { http } = parse(ofTopic, topicText ?? '');
  const own = http?.disableSubscriptionOverrides === true ? {} : parse(ofSubscription, ownText ?? '');
  const retries = own.healthyRetryPolicy ?? http?.defaultHealthyRetryPolicy ?? retryPolicy.parse({});
  const throttle = own.throttlePolicy ?? http?.defaultThrottlePolicy;
  const asked = (own.requestPolicy ?? http?.defaultRequestPolicy)?.headerContentType;
  const isServed = asked !== undefined && (isRaw ? RAW_TYPES : ENVELOPE_TYPES).includes(baseType(asked));
  const maxReceivesPerSecond = throttle?.maxReceivesPerSecond;
  return {
    retry: toRetryPolicy(retries),
    contentType: isServed ? asked : DEFAULT_CONTENT_TYPE,
    ...(maxReceivesPerSecond === undefined ? {} : { maxReceivesPerSecond }),
  };
}

/** `EffectiveDeliveryPolicy` of a topic, or of a subscription when it has one of its own. */
export function describeEffective(topicText: string | undefined, subscription?: HttpPolicy): string {
  const { retry, maxReceivesPerSecond, contentType } =
    subscription ?? effectivePolicy(undefined, topicText, false);
  const retries = {
    minDelayTarget: retry.minDelaySeconds,
    maxDelayTarget: retry.maxDelaySeconds,
    numRetries: retry.immediate + retry.preBackoff + retry.backoff + retry.postBackoff,
    numMaxDelayRetries: retry.postBackoff,
    numNoDelayRetries: retry.immediate,
    numMinDelayRetries: retry.preBackoff,
    backoffFunction: retry.backoffFunction,
  };
  const throttle = maxReceivesPerSecond === undefined ? undefined : { maxReceivesPerSecond };
  const request = { headerContentType: contentType };
  if (subscription !== undefined) {
    return JSON.stringify({
      healthyRetryPolicy: retries,
      throttlePolicy: throttle ?? null,
      requestPolicy: request,
    });
  }
  const disableSubscriptionOverrides =
    parse(ofTopic, topicText ?? '').http?.disableSubscriptionOverrides === true;
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: retries,
      disableSubscriptionOverrides,
      ...(throttle === undefined ? {} : { defaultThrottlePolicy: throttle }),
      defaultRequestPolicy: request,
    },
  });
}

function toRetryPolicy(retries: Retries): RetryPolicy {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = retries;
  return {
    immediate: numNoDelayRetries,
    preBackoff: numMinDelayRetries,
    backoff: numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries,
    postBackoff: numMaxDelayRetries,
    minDelaySeconds: retries.minDelayTarget,
    maxDelaySeconds: retries.maxDelayTarget,
    backoffFunction: retries.backoffFunction,
  };
}

function checkRetries(retries: Retries): void {
  const policy = toRetryPolicy(retries);
  if (policy.minDelaySeconds > policy.maxDelaySeconds) {
    throw new DeliveryPolicyError('minDelayTarget must not be greater than maxDelayTarget');
  }
  if (policy.backoff < 0) {
    throw new DeliveryPolicyError(
      'numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries together must not be greater than numRetries',
    );
  }
  const seconds = totalDelaySeconds(policy);
  if (seconds > MAX_TOTAL_SECONDS) {
    throw new DeliveryPolicyError(
      `all tries together must not take longer than ${MAX_TOTAL_SECONDS} seconds; these take ${Math.round(seconds)}`,
    );
  }
}

function checkContentType(type: string | undefined, served: readonly string[]): void {
  if (type === undefined || served.includes(baseType(type))) return;
  throw new DeliveryPolicyError(`headerContentType ${type.slice(0, 100)} is none of ${served.join(', ')}`);
}

function baseType(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** An empty text is no policy. */
function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch (cause) {
    throw new DeliveryPolicyError('failed to parse JSON.', { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw new DeliveryPolicyError(`Unexpected JSON member: ${issue.keys.join(', ')}`);
  }
  throw new DeliveryPolicyError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it cannot be read'}`);
}
