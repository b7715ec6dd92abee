import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests of the cloud's own parts: nothing that they load keeps anything of a file for the next. */
const LOCAL = ['test/local/**/*.test.ts'];

/** Functions keep their clients for as long as their container, here their module, lives: each file needs its own. */
const FUNCTIONS_IN_LOCAL = ['test/local/devices/**', 'test/local/ssm/**', 'test/local/http-api/**'];

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['test/support/seed.ts'],
  // What a test polls for is mostly there at once; on a machine that does other things too it may take a while.
  expect: { poll: { timeout: 15_000 } },
};

/** Where a machine is shared with others a process may come late: such a test is tried again, and said to have been. */
const retry = process.env['CI'] === undefined ? 0 : 1;

/**
 * Two suites: `house…` needs nothing but what npm installs; `system` needs other programs (test/system/programs.ts).
 * The larger part of the house loads its modules once a worker and not once a file, which took most of its time.
 */
export default defineConfig({
  test: {
    // Most of the time is waited: for clouds that start, for a device's answer. One worker a core keeps both at work.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        test: {
          ...common,
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', ...LOCAL],
          retry,
        },
      },
      {
        test: {
          ...common,
          name: 'house-functions',
          include: FUNCTIONS_IN_LOCAL.map((each) => `${each}/*.test.ts`),
          retry,
        },
      },
      {
        test: {
          ...common,
          name: 'house-local',
          include: LOCAL,
          exclude: FUNCTIONS_IN_LOCAL,
          isolate: false,
          retry,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          retry,
          // A browser, a cloud and a JVM share two cores here: what a test polls for may take a while.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
