import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withApi } from '../../../src/cli/api-client.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { eventually, feedpulse, type RunningFeedpulse, runCommand, startFeedpulse } from '../../support/feedpulse.ts';
import { quiet } from '../../support/test-database.ts';

let folder: string;
let config: string;
let running: RunningFeedpulse | undefined;
const rules = (name: string) => JSON.stringify({ brands: [{ name }] });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-maintenance-'));
  config = join(folder, 'feedpulse.yaml');
  const createdAt = new Date(Date.now() - 3_600_000).toISOString();
  const lines = ['1', '2', '3'].map((id) =>
    JSON.stringify({ platform: 'chirper', id, text: `I love my Kestrel ${id}`, createdAt, author: { id: id === '3' ? 'a3' : 'a1' } }),
  );
  await Promise.all([writeFile(config, rules('Kestrel')), writeFile(join(folder, 'posts.ndjson'), lines.join('\n'))]);
});
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = async () => {
  running = await startFeedpulse(['--data-dir', folder, '--config', config, '--source', 'ndjson', '--in', join(folder, 'posts.ndjson')]);
  return running;
};
const maintenance = async (...args: string[]) => (await feedpulse(...args, '--data-dir', folder, '--config', config)).stdout;
const figures = (brand: string) =>
  withApi(configSchema.parse({ dataDir: folder }), quiet, (api) =>
    api
      .get<{ current: { volume: number; negative: number } }>('/api/v1/summary', { brand })
      .then(({ current }) => [current.volume, current.negative]),
  );

test('with a process that runs and without one, posts are corrected, counted anew and erased', async () => {
  const process = await run();
  await eventually('the posts count', 60, async () => (await figures('Kestrel'))[0] === 3);
  expect(await maintenance('corrections', 'add', 'chirper', '1', 'negative', '--reason', 'irony')).toBe(
    '1 post corrected; rollups are updated within seconds.\n',
  );
  await eventually('the correction counts', 20, async () => (await figures('*'))[1] === 1);
  expect(await maintenance('erase', '--author', 'chirper:a3', '--yes')).toBe('1 post erased; rollups are updated within seconds.\n');
  expect(await maintenance('rollups', 'rebuild', '--format', 'json').then(JSON.parse)).toMatchObject({ state: 'done', changed: 1 });
  expect(await process.stop()).toBe(0);

  expect(await maintenance('corrections', 'remove', 'chirper', '1')).toBe(
    "1 post restored to the model's label; rollups are updated within seconds.\n",
  );
  expect(await figures('*')).toEqual([2, 0]);
  await writeFile(config, rules('Marlow'));
  expect(await maintenance('brands', 'reapply')).toBe('Brands of 2 posts updated; rollups are updated within seconds.\n');
  expect([await figures('Kestrel'), await figures('*')]).toEqual([
    [0, 0],
    [2, 0],
  ]);
  expect(await maintenance('corrections', 'add', '--since', 'now-1d', '--as', 'negative')).toBe(
    '2 posts would be corrected. Add --yes to apply.\n',
  );
  expect(await maintenance('corrections', 'add', '--since', 'now-1d', '--as', 'negative', '--yes')).toBe(
    '2 posts corrected; rollups are updated within seconds.\n',
  );
  expect(await figures('*')).toEqual([2, 2]);
  expect(await maintenance('erase', '--post', 'chirper:1')).toBe('1 post would be permanently erased. Add --yes to erase.\n');

  // The feed is read from its beginning once more.
  await run();
  await eventually('the feed is read again', 60, async () => (await running?.metric('feedpulse_posts_erased_total')) === 1);
  expect((await figures('*'))[0]).toBe(2);
});

test.each([
  'corrections add chirper 1',
  'corrections remove chirper',
  'corrections add --as negative --yes',
  'corrections add chirper 1 negative --since now-1d',
  'erase --yes',
  'erase --post chirper:1 --author chirper:a1',
  'erase --author chirper',
  'brands reapply --since soon',
])('%s is rejected with a one-line error', async (line) => {
  const { code, output } = await runCommand([...line.split(' '), '--data-dir', folder]);
  expect([code, output.split('\n').filter((told) => told.startsWith('USAGE: ')).length]).toEqual([2, 1]);
});
