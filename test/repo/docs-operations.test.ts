import { expect, test } from 'vitest';
import { deadLetterReasons } from '../../src/ingest/dead-letters/dead-letter.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { codeRows, readText } from '../support/repository.ts';

const rows = codeRows(readText('docs/operations.md'));

test('docs/operations.md lists every metric with its type and help text, and no other', async () => {
  const { registry } = createMetrics();
  const known = (await registry.getMetricsAsJSON()).map(({ name, type, help }) => ({ name, type: String(type), help }));
  const documented = rows.filter(([name]) => name?.startsWith('feedpulse_')).map(([name, type, , help]) => ({ name, type, help }));
  expect(documented).toEqual(known);
});

test('docs/dead-letters.md explains every dead-letter reason', () => {
  const documented = codeRows(readText('docs/dead-letters.md'))
    .filter((cells) => cells.length === 2)
    .map(([reason, meaning]) => [reason, meaning]);
  expect(documented).toEqual(expect.arrayContaining(Object.entries(deadLetterReasons)));
});

test('docs/operations.md mentions no metric that does not exist', () => {
  const { registry } = createMetrics();
  const mentioned = new Set(readText('docs/operations.md').match(/feedpulse_[a-z_]+/g));
  const unknown = [...mentioned].filter((name) => !registry.getSingleMetric(name));
  expect(mentioned.size).toBeGreaterThan(10);
  expect(unknown).toEqual([]);
});
