import { expect, test } from 'vitest';
import { createDatabaseHealth } from '../../../src/sink/client/database-health.ts';

test('reports what fails and since when, until the same operation succeeds', () => {
  let now = Date.parse('2026-03-02T10:20:30Z');
  const health = createDatabaseHealth({ now: () => now });
  expect(health.healthIssue()).toBeUndefined();
  health.recordFailure('write posts', 'ECONNREFUSED');
  now += 5_000;
  health.recordFailure('write posts', 'ECONNRESET');
  health.recordSuccess('compute minute figures');
  expect(health.healthIssue()).toBe('failing to write posts since 10:20:30 UTC (ECONNRESET); retrying');
  health.recordSuccess('write posts');
  expect(health.healthIssue()).toBeUndefined();
});
