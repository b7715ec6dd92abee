import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GlasshouseError } from '../../shared/errors.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { RejectedInputError, type Rejection } from '../../shared/rejections.ts';

class ContentionError extends GlasshouseError {
  override readonly name = 'ContentionError' as const;
}

const NOW_MS = Date.parse('2026-01-31T10:00:00Z');
const logged: unknown[] = [];

beforeEach(() => {
  logged.length = 0;
  for (const level of ['warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => void logged.push(line));
  }
});
afterEach(() => vi.restoreAllMocks());

function context(awsRequestId = 'r-1'): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'probe',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:probe',
    memoryLimitInMB: '128',
    awsRequestId,
    logGroupName: '/aws/lambda/probe',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => 10_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

function start(
  run: (event: unknown) => Promise<unknown>,
  reject: (rejection: Rejection) => Promise<void> = async () => {},
) {
  const lines: string[] = [];
  const rejections: Rejection[] = [];
  const counter = createCounter(
    'probe',
    () => NOW_MS,
    (line) => lines.push(line),
  );
  const handler = createHandler({
    counter,
    now: () => NOW_MS,
    run: async (event) => {
      counter.count('Ran');
      return run(event);
    },
    reject: async (rejection) => {
      await reject(rejection);
      rejections.push(rejection);
    },
  });
  return {
    rejections,
    /** The counts of each line of metrics. */
    metrics: () => lines.map((line) => ({ ...JSON.parse(line), _aws: undefined, function: undefined })),
    invoke: (event: unknown, requestId?: string) => handler(event, context(requestId)),
  };
}

test('What the function returns is the result, and its metrics leave with it.', async () => {
  const { invoke, metrics } = start(async (event) => ({ event }));
  expect(await invoke({ a: 1 })).toEqual({ event: { a: 1 } });
  expect(metrics()).toEqual([{ Ran: 1 }]);
  expect(logged).toEqual([]);
});

test('Bad input is kept whole with its reason, the invocation ends well, and the count leaves with it.', async () => {
  const { invoke, metrics, rejections } = start(async () => {
    throw new RejectedInputError('KEY_MISSING', 'the key "device" is missing', 'device');
  });
  const reason = { code: 'KEY_MISSING', message: 'the key "device" is missing', field: 'device' };
  expect(await invoke([1, { b: null }], 'r-7')).toEqual({ rejected: reason });
  expect(rejections).toEqual([
    {
      reason,
      function: 'probe',
      requestId: 'r-7',
      rejectedAt: '2026-01-31T10:00:00.000Z',
      input: [1, { b: null }],
    },
  ]);
  expect(metrics()).toEqual([{ Ran: 1, InputRejected: 1 }]);
  expect(logged).toEqual([{ message: 'input rejected', requestId: 'r-7', reason }]);
});

test('Bad luck is logged once with its code, thrown on, and its metrics leave all the same.', async () => {
  const { invoke, metrics, rejections } = start(async () => {
    throw new ContentionError('too many', { code: 'DEVICE_CONTENDED', retryable: true });
  });
  await expect(invoke({})).rejects.toThrow('too many');
  expect(rejections).toEqual([]);
  expect(metrics()).toEqual([{ Ran: 1 }]);
  expect(logged).toMatchObject([
    { message: 'too many', error: 'ContentionError', code: 'DEVICE_CONTENDED', retryable: true },
  ]);
});

test('An error of anybody else is logged without a code and thrown on.', async () => {
  const { invoke } = start(async () => {
    throw new TypeError('no');
  });
  await expect(invoke({})).rejects.toThrow(TypeError);
  expect(logged).toMatchObject([{ message: 'no', error: 'TypeError', requestId: 'r-1' }]);
  expect(logged[0]).not.toHaveProperty('code');
});

test('A rejection that could not be kept is a failure: the input comes again.', async () => {
  const { invoke, metrics } = start(
    async () => {
      throw new RejectedInputError('KEY_MISSING', 'missing');
    },
    async () => {
      throw new Error('the queue is away');
    },
  );
  await expect(invoke({})).rejects.toThrow('the queue is away');
  expect(metrics()).toEqual([{ Ran: 1 }]);
});

test('No invocation takes along what another one counted.', async () => {
  let bad = true;
  const { invoke, metrics } = start(async () => {
    if (bad) throw new RejectedInputError('KEY_MISSING', 'missing');
    return 'done';
  });
  await invoke({});
  bad = false;
  await invoke({});
  expect(metrics()).toEqual([{ Ran: 1, InputRejected: 1 }, { Ran: 1 }]);
});
