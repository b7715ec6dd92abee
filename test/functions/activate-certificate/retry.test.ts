import { DescribeCertificateCommand, IoTClient, ThrottlingException } from '@aws-sdk/client-iot';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  activationErrorOf,
  ActivationError,
} from '../../../functions/activate-certificate/activation-error.ts';
import { withRetries, type RetryOptions } from '../../../shared/retry.ts';
import { isTransient } from '../../../shared/transient.ts';
import { RejectedInputError } from '../../../shared/rejections.ts';
import { RevocationUnavailableError } from '../../../shared/x509/errors.ts';
import { CREDENTIALS, REGION } from '../../local/endpoint/support.ts';
import { startServer, type TestServer } from '../../shared/x509/server.ts';

let server: TestServer;
let client: IoTClient;

beforeAll(async () => {
  server = await startServer();
  client = new IoTClient({ endpoint: server.url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const throttled = new ThrottlingException({ message: 'Rate exceeded', $metadata: {} });

/** Time that passes only in sleeps. */
function virtual(options: Partial<RetryOptions> = {}) {
  const slept: number[] = [];
  let nowMs = 0;
  const retry: RetryOptions = {
    deadlineMs: 10_000,
    now: () => nowMs,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
    random: () => 1,
    ...options,
  };
  return { retry, slept };
}

function failing(times: number, error: unknown) {
  let left = times;
  return async () => {
    if (left-- > 0) throw error;
    return 'done';
  };
}

test('A throttled call is made again after delays that double up to three seconds.', async () => {
  const { retry, slept } = virtual({ deadlineMs: 60_000 });
  expect(await withRetries(failing(8, throttled), retry)).toBe('done');
  expect(slept).toEqual([100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000]);
});

test('No try begins after the deadline: the last error is thrown before it.', async () => {
  const { retry, slept } = virtual({ deadlineMs: 1_500 });
  await expect(withRetries(failing(99, throttled), retry)).rejects.toBe(throttled);
  expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(1_500);
});

test('However the delays are drawn, the deadline holds, and they end.', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      fc.nat(20_000),
      async (draws, deadlineMs) => {
        const { retry, slept } = virtual({ deadlineMs, random: () => draws.next().value });
        await expect(withRetries(failing(1_000, throttled), retry)).rejects.toBe(throttled);
        expect(slept.length).toBeLessThan(50);
        expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(deadlineMs);
        expect(slept.every((ms) => Number.isInteger(ms) && ms <= 3_000)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  [400, 'ThrottlingException', true],
  [409, 'ConflictingResourceUpdateException', true],
  [500, 'InternalFailureException', true],
  [503, 'ServiceUnavailableException', true],
  [500, 'SomethingNew', true],
  [400, 'InvalidRequestException', false],
  [401, 'UnauthorizedException', false],
  [404, 'ResourceNotFoundException', false],
  [410, 'LimitExceededException', false],
])('An answer %i %s is transient: %s.', async (status, name, expected) => {
  server.answers(() => ({
    status,
    headers: { 'x-amzn-errortype': name },
    body: Buffer.from('{"message":"no"}'),
  }));
  const call = client.send(new DescribeCertificateCommand({ certificateId: 'a'.repeat(64) }));
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name });
  expect(isTransient(error)).toBe(expected);
  expect(activationErrorOf(error, 'a step')).toMatchObject({
    retryable: expected,
    terminal: !expected,
    step: 'a step',
  });
});

test('A connection that is refused, and a call that takes too long, are transient.', async () => {
  const nowhere = new IoTClient({
    endpoint: 'http://127.0.0.1:1',
    region: REGION,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  const slow = new IoTClient({
    endpoint: server.url,
    region: REGION,
    credentials: CREDENTIALS,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 30, throwOnRequestTimeout: true },
  });
  server.answers(() => new Promise(() => {}));
  for (const one of [nowhere, slow]) {
    const call = one.send(new DescribeCertificateCommand({ certificateId: 'a'.repeat(64) }));
    expect(isTransient(await call.catch((thrown: unknown) => thrown))).toBe(true);
    one.destroy();
  }
});

test.each<[unknown, object]>([
  [throttled, { code: 'THROTTLING', retryable: true }],
  [
    new RevocationUnavailableError('CRL_STALE', 'over'),
    { code: 'CRL_STALE', retryable: true, terminal: false },
  ],
  [new TypeError('a bug'), { code: 'UNEXPECTED', retryable: false, terminal: true }],
  ['a text', { code: 'UNEXPECTED' }],
])(
  'What a step throws becomes an error of the activation that tells step and cause: %s.',
  (thrown, expected) => {
    const error = activationErrorOf(thrown, 'attach the policy');
    expect(error).toMatchObject({
      name: 'ActivationError',
      step: 'attach the policy',
      cause: thrown,
      ...expected,
    });
    expect(error.message).toContain('attach the policy');
  },
);

test('Errors of the activation, and refused input, stay what they are.', () => {
  const own = new ActivationError('x', { code: 'X', retryable: true, step: 'a' });
  const refused = new RejectedInputError('X', 'x');
  expect([activationErrorOf(own, 'b'), activationErrorOf(refused, 'b')]).toEqual([own, refused]);
});
