import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../../support/feedpulse.ts';

const dir = mkdtempSync(join(tmpdir(), 'feedpulse-sensitivity-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const config = join(dir, 'feedpulse.yaml');
writeFileSync(config, 'source: demo\nbrands: [{ name: Kestrel }]\n');
const options = ['--config', config, '--data-dir', dir];
const sensitivity = (...args: readonly string[]) => runCommand(['alerts', 'sensitivity', ...args, ...options]);
const pair = ['--rule', 'volume', '--brand', 'Kestrel'];

test('a sensitivity is set, listed and reset; without ratings none is suggested', async () => {
  await runCommand(['migrate', ...options]);
  expect((await sensitivity('suggest')).output).toContain('No suggestions.');
  expect((await sensitivity('set', 'low', ...pair)).output).toContain('volume, Kestrel: threshold 6.5, configured 5.');
  expect((await sensitivity('list')).output).toMatch(/volume +Kestrel +6\.5 +5 +20/);
  expect((await sensitivity('reset', ...pair)).output).toContain('volume, Kestrel: reset.');
  expect((await sensitivity('list')).output).toContain('No sensitivities are set.');
  expect(await sensitivity('set', 'deaf', ...pair)).toMatchObject({ code: 2, output: expect.stringContaining('sensitivity') });
});
