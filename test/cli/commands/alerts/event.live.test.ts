import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../../support/feedpulse.ts';

const dir = mkdtempSync(join(tmpdir(), 'feedpulse-event-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const event = (...args: readonly string[]) => runCommand(['alerts', 'event', ...args, '--data-dir', dir]);

test('an event is added and removed', async () => {
  await runCommand(['migrate', '--data-dir', dir]);
  const added = await event('add', 'Launch', '--start', '2030-12-01T17:00:00+01:00', '--for', '3h', '--brand', '*', '--factor', '10');
  expect(added.output).toContain(
    'Launch: up to 10 times the usual volume is expected from 2030-12-01T16:00:00.000Z to 2030-12-01T19:00:00.000Z.',
  );
  const listed = await event('list');
  expect(listed.output).toMatch(/2030-12-01 16:00 +2030-12-01 19:00 +\* +up to ×10 +Launch/);
  const [id = ''] = listed.output.match(/[0-9a-f-]{36}/) ?? [];
  expect((await event('remove', id)).output).toContain('Launch: removed.');
});

test.each([
  [['--start', '2030-12-01T17:00:00Z'], 'Expected either --end or --for.'],
  [['--start', '2030-12-01T17:00:00Z', '--end', '2030-12-02T17:00:00Z', '--for', '1h'], 'Expected either --end or --for.'],
  [['--start', 'tomorrow', '--for', '1h'], 'Expected a start such as'],
])('alerts event add %j is rejected', async (options, message) => {
  const { code, output } = await event('add', 'Launch', ...options);
  expect(code).toBe(2);
  expect(output).toContain(message);
});
