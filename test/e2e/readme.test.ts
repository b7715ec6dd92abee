import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDocuments, shellBlocks } from '../support/documents.ts';
import { SERVICE_FOLDER, startTestService, type TestService } from '../support/service.ts';

/** The lines of the shell blocks of README.md and docs/, in their order. */
const LINES = readDocuments()
  .flatMap(shellBlocks)
  .flatMap((block) => block.split('\n'))
  .filter((line) => line !== '');

/** What shows that a command that goes on for ever has begun. */
const FOLLOWS: readonly [RegExp, string][] = [[/^npx glasshouse subscribe /, 'anom/']];

/** Other lines, and the tests that run them or say why none can. */
const ELSEWHERE: readonly [RegExp, string][] = [
  [/^npm ci && npm (start|test)$/, '.ci/run'],
  [/^npm (run check|test|run test:system)$/, '.ci/run'],
  [/^npm run bench$/, 'bench/main.ts'],
  [/^npm start -- --once$/, 'test/cli/start.test.ts'],
  [/^npx glasshouse demo /, 'test/system/demo.test.ts'],
  [/^npx serverless invoke local /, 'test/e2e/serverless.test.ts'],
  [/^export AWS_/, 'test/system/aws-cli.test.ts'],
  [/^aws dynamodb scan /, 'test/system/aws-cli.test.ts'],
  [/^aws iot (create-keys-and-certificate|create-policy|attach-policy) /, 'test/system/readme.test.ts'],
  [/^mosquitto_pub /, 'test/system/readme.test.ts'],
  // A deployment needs an account; that the service can be packaged is shown by .ci/run.
  [/^npx serverless deploy /, '.ci/run'],
  [/^aws lambda invoke /, 'test/system/readme.test.ts'],
  [/^aws iot-data publish /, 'test/system/aws-cli.test.ts'],
];

const isElsewhere = (line: string): boolean => ELSEWHERE.some(([pattern]) => pattern.test(line));

/** What is run here; a line that two texts show is run once. */
const OWN = [...new Set(LINES)].filter((line) => line.startsWith('npx glasshouse ') && !isElsewhere(line));

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

test('Every line of README.md and docs/ is run by some test.', () => {
  const unknown = LINES.filter((line) => !OWN.includes(line) && !isElsewhere(line));
  expect(unknown).toEqual([]);
  const missing = ELSEWHERE.filter(([, file]) => !existsSync(path.join(SERVICE_FOLDER, file)));
  expect(missing).toEqual([]);
});

test.each(OWN)('`%s`', async (line) => {
  const follows = FOLLOWS.find(([pattern]) => pattern.test(line))?.[1];
  const child = spawn('bash', ['-c', line.replace('npx glasshouse', 'exec node cli/main.ts')], {
    cwd: SERVICE_FOLDER,
    env: {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      GLASSHOUSE_FOLDER: service.folder,
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (follows !== undefined) {
    await expect
      .poll(
        async () => {
          await service.publish('anom/detect', { device: 'a', timestamp: Date.now(), value: 1 });
          return said;
        },
        { timeout: 20_000, interval: 200 },
      )
      .toContain(follows);
    child.kill('SIGINT');
    await ended;
    return;
  }
  expect({ code: await ended, said }).toEqual({ code: 0, said: expect.any(String) });
});
