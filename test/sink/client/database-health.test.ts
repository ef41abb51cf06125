import { expect, test } from 'vitest';
import { createDatabaseHealth } from '../../../src/sink/client/database-health.ts';

test('tells what fails and since when, until that very thing is done', () => {
  let now = Date.parse('2026-03-02T10:20:30Z');
  const health = createDatabaseHealth({ now: () => now });
  expect(health.trouble()).toBeUndefined();
  health.failed('write posts', 'ECONNREFUSED');
  now += 5_000;
  health.failed('write posts', 'ECONNRESET');
  health.did('compute minute figures');
  expect(health.trouble()).toBe('cannot write posts since 10:20:30 UTC (ECONNRESET), trying again');
  health.did('write posts');
  expect(health.trouble()).toBeUndefined();
});
