import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { command } from '../../cli/commands/reset.ts';
import { AwsApiError } from '../../local/errors.ts';
import { writeRunning } from '../../local/running.ts';
import { startEndpoint } from '../local/endpoint/support.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reset-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const reset = (...words: string[]) =>
  runCommand('reset', command, words, { env: { GLASSHOUSE_FOLDER: folder } });

/** Says of an address that this process's cloud is there. */
function pretendCloud(endpointUrl: string): void {
  writeRunning(folder, {
    pid: process.pid,
    startedAt: '2026-11-21T00:00:00.000Z',
    service: 'test',
    stage: 'dev',
    region: 'eu-west-1',
    accountId: '000000000000',
    endpointUrl,
    mqttUrl: 'mqtt://127.0.0.1:1',
    mqttsUrl: 'mqtts://127.0.0.1:8883',
    httpsUrl: 'https://127.0.0.1:8443',
    caFile: 'ca.pem',
    pageUrl: 'http://127.0.0.1:1/',
    resources: {},
  });
}

test('The running cloud is asked to empty itself.', async () => {
  const asked: string[] = [];
  const endpoint = await startEndpoint({}, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('{}');
  });
  pretendCloud(endpoint.url);
  expect(await reset()).toMatchObject({ code: 0, out: '', err: 'the cloud is empty\n' });
  expect(asked).toEqual(['POST /_glasshouse/reset']);
  await endpoint.close();
});

test('A cloud that refuses, or is gone, is told of.', async () => {
  const endpoint = await startEndpoint({}, () => {
    throw new AwsApiError(404, 'NotFound', 'There is nothing.');
  });
  pretendCloud(endpoint.url);
  const refused = await reset();
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('answered 404');
  expect(refused.err).toContain('There is nothing.');
  await endpoint.close();
  const gone = await reset();
  expect(gone.code).toBe(1);
  expect(gone.err).toContain('does not answer');
});

test('Without a cloud, and with words that it does not know, it does nothing.', async () => {
  expect(await reset()).toMatchObject({
    code: 1,
    err: expect.stringContaining(`no cloud is running in ${folder}`),
  });
  expect(await reset('everything')).toMatchObject({ code: 2 });
});
