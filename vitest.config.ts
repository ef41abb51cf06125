import { defineConfig } from 'vitest/config';

const minute = 60_000;
const live = ['test/live/**/*.test.ts', 'test/**/*.live.test.ts'];
const browser = ['test/browser/**/*.test.ts'];

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
          exclude: [...live, ...browser],
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
        test: { name: 'browser', include: browser, fileParallelism: false, testTimeout: 2 * minute, hookTimeout: 2 * minute },
      },
    ],
  },
});
