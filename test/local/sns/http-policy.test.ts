import { expect, test } from 'vitest';
import {
  checkSubscriptionPolicy,
  checkTopicPolicy,
  describeEffective,
  effectivePolicy,
} from '../../../local/sns/delivery/http-policy.ts';

const DEFAULTS = {
  immediate: 0,
  preBackoff: 0,
  backoff: 3,
  postBackoff: 0,
  minDelaySeconds: 20,
  maxDelaySeconds: 20,
  backoffFunction: 'linear',
};

test('Without a policy a server is tried three times more, 20 seconds apart.', () => {
  expect(effectivePolicy(undefined, undefined, false)).toEqual({
    retry: DEFAULTS,
    contentType: 'text/plain; charset=UTF-8',
  });
  expect(JSON.parse(describeEffective(undefined))).toEqual({
    http: {
      defaultHealthyRetryPolicy: {
        minDelayTarget: 20,
        maxDelayTarget: 20,
        numRetries: 3,
        numMaxDelayRetries: 0,
        numNoDelayRetries: 0,
        numMinDelayRetries: 0,
        backoffFunction: 'linear',
      },
      disableSubscriptionOverrides: false,
      defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
    },
  });
});

test("A subscription's own policy goes before its topic's, unless the topic forbids it.", () => {
  const own = JSON.stringify({
    healthyRetryPolicy: {
      minDelayTarget: 1,
      maxDelayTarget: 60,
      numRetries: 50,
      numNoDelayRetries: 3,
      numMinDelayRetries: 2,
      numMaxDelayRetries: 35,
      backoffFunction: 'exponential',
    },
    throttlePolicy: { maxReceivesPerSecond: 10 },
  });
  const http = {
    defaultHealthyRetryPolicy: { numRetries: 1 },
    defaultRequestPolicy: { headerContentType: 'application/json' },
  };
  checkSubscriptionPolicy(own);
  checkTopicPolicy(JSON.stringify({ http }));
  expect(effectivePolicy(own, JSON.stringify({ http }), false)).toEqual({
    retry: {
      immediate: 3,
      preBackoff: 2,
      backoff: 10,
      postBackoff: 35,
      minDelaySeconds: 1,
      maxDelaySeconds: 60,
      backoffFunction: 'exponential',
    },
    maxReceivesPerSecond: 10,
    contentType: 'application/json',
  });
  const strict = JSON.stringify({ http: { ...http, disableSubscriptionOverrides: true } });
  const { retry, maxReceivesPerSecond } = effectivePolicy(own, strict, false);
  expect(retry).toEqual({ ...DEFAULTS, backoff: 1 });
  expect(maxReceivesPerSecond).toBeUndefined();
  expect(JSON.parse(describeEffective(strict))).toMatchObject({
    http: { disableSubscriptionOverrides: true },
  });
});

test('Only what is raw may say that it is something else than text or JSON.', () => {
  const csv = JSON.stringify({ requestPolicy: { headerContentType: 'text/csv; charset=UTF-8' } });
  checkSubscriptionPolicy(csv);
  expect(effectivePolicy(csv, undefined, true).contentType).toBe('text/csv; charset=UTF-8');
  expect(effectivePolicy(csv, undefined, false).contentType).toBe('text/plain; charset=UTF-8');
});

test.each<[object | string, string]>([
  ['{', 'failed to parse JSON'],
  [{ http: {} }, 'Unexpected JSON member: http'],
  [{ healthyRetryPolicy: { numTries: 1 } }, 'Unexpected JSON member: numTries'],
  [{ healthyRetryPolicy: { numRetries: 101 } }, 'healthyRetryPolicy.numRetries'],
  [{ healthyRetryPolicy: { minDelayTarget: 0 } }, 'minDelayTarget'],
  [{ healthyRetryPolicy: { minDelayTarget: 30 } }, 'minDelayTarget must not be greater than maxDelayTarget'],
  [{ healthyRetryPolicy: { backoffFunction: 'random' } }, 'backoffFunction'],
  [
    { healthyRetryPolicy: { numNoDelayRetries: 2, numMaxDelayRetries: 2 } },
    'must not be greater than numRetries',
  ],
  [
    { healthyRetryPolicy: { numRetries: 100, maxDelayTarget: 60 } },
    'must not take longer than 3600 seconds; these take 4000',
  ],
  [{ throttlePolicy: { maxReceivesPerSecond: 0 } }, 'throttlePolicy.maxReceivesPerSecond'],
  [{ requestPolicy: { headerContentType: 'image/png' } }, 'headerContentType image/png is none of'],
])('The policy %j of a subscription is refused.', (policy, reason) => {
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  expect(() => checkSubscriptionPolicy(text)).toThrow(reason);
});

test.each<[object, string]>([
  [{ healthyRetryPolicy: {} }, 'Unexpected JSON member: healthyRetryPolicy'],
  [{ http: { defaultSicklyRetryPolicy: {} } }, 'Unexpected JSON member: defaultSicklyRetryPolicy'],
  [{ http: { defaultHealthyRetryPolicy: { numRetries: -1 } } }, 'numRetries'],
  [{ http: { defaultRequestPolicy: { headerContentType: 'text/csv' } } }, 'headerContentType text/csv'],
])('The policy %j of a topic is refused.', (policy, reason) => {
  expect(() => checkTopicPolicy(JSON.stringify(policy))).toThrow(reason);
});
