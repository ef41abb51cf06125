import { defineConfig } from 'vitest/config';

const minute = 60_000;
const live = ['test/live/**/*.test.ts', 'test/**/*.live.test.ts'];
const browser = ['test/browser/**/*.test.ts'];
const faults = ['test/faults/**/*.test.ts'];

export default defineConfig({
  test: {
    // The embedded database allows one folder a process, and its threads outlive a worker thread.
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...live, ...browser, ...faults],
          testTimeout: minute / 2,
          hookTimeout: minute,
        },
      },
      {
        extends: true,
        test: { name: 'live', include: live, fileParallelism: false, testTimeout: 5 * minute, hookTimeout: 5 * minute },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: faults,
          globalSetup: 'test/support/faults/table.ts',
          fileParallelism: false,
          testTimeout: 20 * minute,
          hookTimeout: 5 * minute,
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: browser, fileParallelism: false, testTimeout: 2 * minute, hookTimeout: 2 * minute },
      },
    ],
  },
});
