import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runProcess } from '../cli/run.ts';
import { eventually } from '../support/cloud.ts';
import { readingAt, startTestService, type TestService } from '../support/service.ts';

/** How often an SDK client of the functions tries one call, and Lambda one event. */
const CALLS = 3;
const INVOCATIONS = 3;

const THROTTLED = {
  service: 'dynamodb',
  operation: 'UpdateItem',
  code: 'ProvisionedThroughputExceededException',
  status: 400,
};
const NOT_PUBLISHED = { service: 'iotdata', code: 'InternalFailureException', status: 500 };

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const learnedSchema = z.object({ columns: z.object({ value: z.object({ count: z.number() }) }) });

/** How many readings of a device were learned. */
async function learned(device: string): Promise<number> {
  const found = learnedSchema.safeParse(await service.item('ScoringStateTable', 'key', device));
  return found.success ? found.data.columns.value.count : 0;
}

test('A table that throttles for long: tried three times, kept with its error, and scored when sent back.', async () => {
  await service.score(readingAt('unlucky', 0, 20));
  await service.fault({ ...THROTTLED, times: CALLS * INVOCATIONS });
  const reading = readingAt('unlucky', 1, 21);
  await service.publish('anom/detect', reading);
  await service.settled();
  expect(service.resultsOf('unlucky')).toHaveLength(1);
  expect(await learned('unlucky')).toBe(1);
  expect(await service.peek('FailuresQueue')).toMatchObject([
    {
      version: '1.0',
      requestContext: {
        functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:glasshouse-dev-score-anomaly:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: INVOCATIONS,
      },
      requestPayload: reading,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'ProvisionedThroughputExceededException' },
    },
  ]);

  const { code, out, err } = await runProcess(['redrive', 'failures'], {
    env: { GLASSHOUSE_FOLDER: service.folder },
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('1 message sent back\n');
  const result = await eventually(() => service.resultsOf('unlucky')[1]);
  expect(result).toMatchObject({ time: '2026-01-31T10:00:01.000Z', late: false });
  expect(await learned('unlucky')).toBe(2);
  expect(await service.takeAll('FailuresQueue')).toEqual([]);
  expect(await service.takeAll('RejectionsQueue')).toEqual([]);
});

test('A table that throttles for a moment costs a retry, and the reading is learned once.', async () => {
  await service.fault({ ...THROTTLED, times: CALLS + 1 });
  const told = service.told.length;
  await service.score(readingAt('delayed', 0, 20));
  expect(service.told.slice(told)).toEqual([expect.stringMatching(/tried again.+"attempts":1/)]);
  await service.settled();
  expect(await learned('delayed')).toBe(1);
  expect(service.resultsOf('delayed')).toHaveLength(1);
});

test('A result that could not be published comes at the retry: the reading is stored once, and first.', async () => {
  await service.score(readingAt('silent', 0, 20));
  await service.fault({ ...NOT_PUBLISHED, times: CALLS });
  const scoring = service.score(readingAt('silent', 1, 22));
  await eventually(async () => ((await learned('silent')) === 2 ? true : undefined));
  expect(service.resultsOf('silent')).toHaveLength(1);
  expect(await scoring).toMatchObject({ late: false, columns: { value: { value: 22, mean: 20 } } });
  await service.settled();
  expect(await learned('silent')).toBe(2);
  expect(service.resultsOf('silent')).toHaveLength(2);
});

test('A write whose answer never comes is made again and counted once, whichever of the two comes first.', async () => {
  const { dynamodbPid } = service.cloud;
  if (dynamodbPid === undefined) throw new Error('the cloud has no engine of its own');
  await service.score(readingAt('waiting', 0, 20));
  const updates = await service.updates();
  process.kill(dynamodbPid, 'SIGSTOP');
  try {
    const scoring = service.score(readingAt('waiting', 1, 22));
    // The first call is given three seconds before the second is made.
    await expect.poll(() => service.updates(), { timeout: 10_000 }).toBe(updates + 2);
    expect(service.resultsOf('waiting')).toHaveLength(1);
    process.kill(dynamodbPid, 'SIGCONT');
    expect(await scoring).toMatchObject({ late: false, columns: { value: { value: 22, mean: 20 } } });
  } finally {
    process.kill(dynamodbPid, 'SIGCONT');
  }
  await service.settled();
  expect(await learned('waiting')).toBe(2);
});

test('A queue that cannot be reached keeps no rejection back: it is tried again.', async () => {
  await service.fault({ service: 'sqs', code: 'InternalFailure', status: 500, times: CALLS });
  await service.publish('anom/detect', { device: 'nameless' });
  await service.settled();
  expect(await service.takeAll('RejectionsQueue')).toMatchObject([
    { reason: { code: 'TIME_MISSING' }, input: { device: 'nameless' } },
  ]);
});
