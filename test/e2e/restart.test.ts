import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startCloudProcess } from '../../cli/start/cloud-process.ts';
import { isAlive } from '../../local/processes.ts';
import { findRunning } from '../../local/running.ts';
import {
  newFolder,
  readingAt,
  SERVICE_FOLDER,
  startTestService,
  TEST_SETTINGS,
  type TestService,
} from '../support/service.ts';

/** One state, and the clouds that run on it one after the other. */
const folder = newFolder();
let service: TestService;

afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Mean that readings of the device are held against: it tells what was learned before. */
async function meanBefore(device: string, second: number, value: number): Promise<number | null> {
  const { columns, late } = await service.score(readingAt(device, second, value));
  expect(late).toBe(false);
  return columns['value']?.mean ?? null;
}

test('A second cloud on the same state is refused, and the first one goes on.', async () => {
  service = await startTestService({ folder });
  expect(await meanBefore('pump', 0, 10)).toBeNull();
  const second = startCloudProcess({
    serviceFolder: SERVICE_FOLDER,
    folder,
    settings: TEST_SETTINGS,
    tell: () => {},
  });
  await expect(second).rejects.toThrow(
    `a cloud runs on ${folder} already (process ${service.cloud.pid}, page ${service.cloud.pageUrl}): ` +
      'stop it first, or set GLASSHOUSE_FOLDER to another folder',
  );
  expect(findRunning(folder)).toEqual(service.cloud);
  expect(await meanBefore('pump', 1, 20)).toBe(10);
});

test('A cloud that was stopped leaves nothing running, and the next goes on where it ended.', async () => {
  const { pid, dynamodbPid = 0 } = service.cloud;
  await service.publish('anom/detect', { device: 'nameless' });
  await service.settled();
  await service.stop();
  expect([isAlive(pid), isAlive(dynamodbPid), findRunning(folder)]).toEqual([false, false, undefined]);
  expect(existsSync(path.join(SERVICE_FOLDER, '.esbuild', String(pid)))).toBe(false);

  service = await startTestService({ folder, settings: { GLASSHOUSE_RETRY_DELAYS_SECONDS: '60' } });
  expect(await meanBefore('pump', 2, 30)).toBe(15);
  expect(await service.takeAll('RejectionsQueue')).toMatchObject([{ input: { device: 'nameless' } }]);
});

test('A cloud that was killed is started again over what it left: state, waiting events, its engine.', async () => {
  const { dynamodbPid = 0 } = service.cloud;
  await service.fault({
    service: 'dynamodb',
    operation: 'UpdateItem',
    code: 'InternalServerError',
    times: 3,
  });
  await service.publish('anom/detect', readingAt('pump', 3, 40));
  await expect.poll(() => service.told.join()).toContain('tried again');
  await service.kill();
  expect(isAlive(dynamodbPid)).toBe(true);
  expect(findRunning(folder)).toBeUndefined();

  service = await startTestService({ folder });
  expect(isAlive(dynamodbPid)).toBe(false);
  await service.settled();
  expect(await meanBefore('pump', 4, 50)).toBe(25);
});

test('A fresh start empties the state.', async () => {
  await service.stop();
  service = await startTestService({ folder, settings: { GLASSHOUSE_FRESH: '1' } });
  expect(await meanBefore('pump', 0, 10)).toBeNull();
});
