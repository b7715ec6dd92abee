import { IoTClient, ListThingsCommand } from '@aws-sdk/client-iot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { AWS_THROTTLES } from '../../../local/iot/registry/index.ts';
import { startTestCloud } from '../../support/cloud.ts';

/** In far less than the seconds that AWS would want for them. */
const ASKED = 10 * (AWS_THROTTLES['ListThings'] ?? Infinity);
const statusSchema = z.object({ iot: z.record(z.string(), z.record(z.string(), z.number())) });

async function askTooOften(rates?: 'aws' | 'unlimited') {
  const cloud = await startTestCloud({}, rates === undefined ? {} : { rates });
  const iot = new IoTClient({ ...cloud.sdk, maxAttempts: 1 });
  try {
    const own = `${cloud.running.endpointUrl}/_glasshouse`;
    const asked = Array.from({ length: ASKED }, () => iot.send(new ListThingsCommand({})));
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
    const status = statusSchema.parse(await (await fetch(`${own}/status`)).json());
    return { refused, iot: status.iot };
  } finally {
    iot.destroy();
    await cloud.stop();
  }
}

test("At AWS's rates the control plane throttles what is too much, and the status counts it.", async () => {
  const { refused, iot } = await askTooOften('aws');
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) expect(one).toMatchObject({ reason: { name: 'ThrottlingException' } });
  expect(iot).toEqual({ asked: { ListThings: ASKED }, throttled: { ListThings: refused.length } });
});

test.each([
  ['not said', undefined],
  ['"unlimited"', 'unlimited' as const],
])('With rates that are %s it takes everything.', async (_what, rates) => {
  const { refused, iot } = await askTooOften(rates);
  expect(refused).toEqual([]);
  expect(iot).toEqual({ asked: { ListThings: ASKED }, throttled: {} });
});
