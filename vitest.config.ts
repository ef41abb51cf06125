import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const minute = 60_000;
const live = ['test/live/**/*.test.ts', 'test/**/*.live.test.ts'];
const browser = ['test/browser/**/*.test.ts'];
const faults = ['test/faults/**/*.test.ts'];
/** The embedded database needs a process of its own, and so do mocks of modules, which would remain for the next file. */
const isolated = ['test/**/*.database.test.ts', 'test/**/*.isolated.test.ts'];
const sharedBroker = 'test/support/kafka/shared-broker.ts';
const sharedModel = 'test/support/shared-model.ts';

/** The longest files of the browser and fault tests start first, so that no worker is left alone with one at the end. */
const longest = ['accessibility.test.ts', 'posts.test.ts', 'live-memory.test.ts', 'group-faults.test.ts', 'kafka-faults.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => Number(!longest.some((name) => moduleId.endsWith(`/${name}`)));
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    // The embedded database allows one data directory per process, and its threads outlive a worker thread.
    pool: 'forks',
    // One more than the cores of a CI machine, because most tests wait for other processes much of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...live, ...browser, ...faults, ...isolated],
          // Files share processes, because half of their time would go to imports otherwise.
          isolate: false,
          testTimeout: minute / 2,
          hookTimeout: minute,
        },
      },
      {
        extends: true,
        test: { name: 'isolated', include: isolated, testTimeout: minute / 2, hookTimeout: minute },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: live,
          globalSetup: [sharedBroker, sharedModel],
          testTimeout: 5 * minute,
          hookTimeout: 5 * minute,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: faults,
          globalSetup: [sharedBroker, sharedModel, 'test/support/faults/table.ts'],
          // Some use the real model, and measure how long a stop takes.
          maxWorkers: 2,
          testTimeout: 20 * minute,
          hookTimeout: 5 * minute,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          globalSetup: sharedModel,
          testTimeout: 2 * minute,
          hookTimeout: 2 * minute,
          // Feedpulse, the database and the browser share two cores: the default of one second is too short under load.
          expect: { poll: { timeout: minute / 4 } },
        },
      },
    ],
  },
});
