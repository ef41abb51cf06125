import { spawnSync } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { isProcessAlive } from '../../src/lib/process-alive.ts';

afterEach(() => vi.restoreAllMocks());

test('recognises running and ended processes', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  expect([isProcessAlive(process.pid), isProcessAlive(process.ppid), isProcessAlive(pid)]).toEqual([true, true, false]);
});

test.each([
  ['EPERM', true],
  ['ESRCH', false],
])('%s means that the process exists: %s, whatever the message says', (code, exists) => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('the system says no'), { code });
  });
  expect(isProcessAlive(12_345)).toBe(exists);
});
