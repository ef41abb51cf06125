import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { startFeedpulse } from '../support/feedpulse.ts';

const post = { platform: 'murmur', id: '1', text: 'Kestrivo was early for once' };

const suite = browserSuite(async (dir) => {
  const input = join(dir, 'archive.ndjson');
  const config = join(dir, 'feedpulse.yaml');
  await writeFile(input, `${JSON.stringify(post)}\n{"no":"post"}\n`);
  const sources = [
    { type: 'demo', demo: { rate: 0.1, backfill: '1m' } },
    { name: 'archive', type: 'ndjson', ndjson: { path: input } },
    { name: 'missing', type: 'ndjson', ndjson: { path: join(dir, 'nowhere.ndjson') } },
  ];
  await writeFile(config, JSON.stringify({ dataDir: join(dir, 'data'), sources })); // JSON is YAML
  return startFeedpulse(['--config', config]);
});

test('health shows each source with its state and losses, and what is wrong, on a phone too', async () => {
  const { page, errors } = await suite.open('/?view=health', { viewport: { width: 390, height: 844 } });
  const panel = page.locator('.panel', { has: page.getByRole('heading', { name: 'Sources' }) });
  const cells = async (source: string) =>
    (await panel.getByRole('row', { name: source }).locator('td').allTextContents()).map((text) => text.trim());
  // State, posts per second, delay, dead letters, skipped messages, gaps.
  await expect.poll(() => cells('archive'), { timeout: 15_000 }).toEqual(['Ended', expect.any(String), '–', '1', '0', '0']);
  expect(await cells('missing')).toEqual(['Failed', '0.0', '–', '0', '0', '0']);
  expect(await panel.locator('.hint').textContent()).toBe('1 of 3 unhealthy');
  expect(await panel.locator('.source-issue').allTextContents()).toEqual([expect.stringMatching(/^missing: .*no such file/)]);
  await page.getByText(/Live · .* posts\/s · down: missing/).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(errors).toEqual([]);
  await page.context().close();
});
