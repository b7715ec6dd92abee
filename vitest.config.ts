import { defineConfig } from 'vitest/config';

/** Two suites: `house` needs nothing but what npm installs; `system` needs other programs (test/system/programs.ts). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**'],
          // Modules are loaded once a worker, not once a file: a third of the time went into loading them.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // A browser, a cloud and a JVM share two cores here: what a test polls for may take a while.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
