import { expect, test } from 'vitest';
import { deadLetterReasons } from '../../src/ingest/dead-letters/dead-letter-sink.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { codeRows, readText } from '../support/repository.ts';

const rows = codeRows(readText('docs/operations.md'));

test('docs/operations.md tells every metric, its labels and its meaning', async () => {
  const { registry } = createMetrics();
  const known = (await registry.getMetricsAsJSON()).map(({ name, type, help }) => ({ name, type: String(type), help }));
  const told = rows.filter(([name]) => name?.startsWith('feedpulse_')).map(([name, type, , help]) => ({ name, type, help }));
  expect(told).toEqual(known);
});

test('docs/operations.md tells every reason of a dead letter', () => {
  const told = rows.filter((cells) => cells.length === 2).map(([reason, meaning]) => [reason, meaning]);
  expect(told).toEqual(expect.arrayContaining(Object.entries(deadLetterReasons)));
});

test('no metric is spoken of that is not there', () => {
  const { registry } = createMetrics();
  const spokenOf = new Set(readText('docs/operations.md').match(/feedpulse_[a-z_]+/g));
  const strangers = [...spokenOf].filter((name) => !registry.getSingleMetric(name));
  expect(spokenOf.size).toBeGreaterThan(10);
  expect(strangers).toEqual([]);
});
