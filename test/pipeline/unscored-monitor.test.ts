import { expect, test } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { createUnscoredMonitor } from '../../src/pipeline/unscored-monitor.ts';

const hour = 3_600_000;

function arrange() {
  let now = 0;
  const warnings: object[] = [];
  const metrics = createMetrics();
  const log = { warn: (fields: object) => void warnings.push(fields) } as Partial<Log> as Log; // what the monitor uses
  const monitor = createUnscoredMonitor({ log, metrics, clock: { now: () => now } as Partial<Clock> as Clock }); // what the monitor uses
  const observe = (source: string, posts: number, isUnscored: (index: number) => boolean): void => {
    for (let index = 0; index < posts; index += 1) monitor.observe(source, isUnscored(index) ? 'unscored' : 'neutral');
  };
  return { observe, warnings, metrics, advance: (ms: number) => (now += ms) };
}

test('warns once an hour about a source whose last 1,000 posts are mostly unscored', () => {
  const { observe, warnings, advance } = arrange();
  observe('bluesky', 999, () => true);
  expect(warnings).toEqual([]);
  observe('bluesky', 1, () => true);
  expect(warnings).toEqual([{ source: 'bluesky', unscored: 1_000, posts: 1_000 }]);
  advance(hour - 1);
  observe('bluesky', 2_000, () => true);
  expect(warnings).toHaveLength(1);
  advance(1);
  observe('bluesky', 1, () => true);
  expect(warnings).toHaveLength(2);
});

test('is quiet while half of the last posts are scored', () => {
  const { observe, warnings } = arrange();
  observe('kafka', 3_000, (index) => index % 2 === 0);
  expect(warnings).toEqual([]);
  observe('kafka', 2, () => true);
  expect(warnings).toEqual([{ source: 'kafka', unscored: 501, posts: 1_000 }]);
});

test('counts the unscored posts of each source', async () => {
  const { observe, warnings, metrics } = arrange();
  observe('one', 600, () => true);
  observe('two', 600, (index) => index < 5);
  expect(warnings).toEqual([]);
  expect((await metrics.postsUnscored.get()).values.map(({ labels, value }) => [labels.source, value])).toEqual([
    ['one', 600],
    ['two', 5],
  ]);
});
