import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelComparison } from '../../../src/domain/brand-metrics.ts';
import { eventually, feedpulse, type RunningFeedpulse, runCommand, startFeedpulse } from '../../support/feedpulse.ts';
import { createTinyModel } from '../../support/tiny-model.ts';

const other = 'tiny@9.0.0';
let folder: string;
let model: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-rescore-'));
  model = await createTinyModel(join(folder, 'model'), { version: '9.0.0', positive: [], negative: ['love', 'hate'] });
  const createdAt = new Date(Date.now() - 3_600_000).toISOString();
  const texts = ['I love this kettle so much', 'The shop opens at nine', 'I hate this kettle so much'];
  const lines = Array.from({ length: 30 }, (_, index) =>
    JSON.stringify({ platform: 'chirper', id: `${index}`, text: `${texts[index % 3]} ${index}`, createdAt, lang: 'en' }),
  );
  await writeFile(join(folder, 'posts.ndjson'), lines.join('\n'));
});
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

const ask = async (...args: string[]) => (await feedpulse('rescore', ...args, '--data-dir', folder, '--log-level', 'error')).stdout;
const net = async () => {
  const { stdout } = await feedpulse('trends', '--data-dir', folder, '--log-level', 'error', '--format', 'json');
  return (JSON.parse(stdout) as { summary: { current: { netSentiment: number } } }).summary.current.netSentiment;
};

test('another model scores stored posts during a run, is compared, activated and deactivated', async () => {
  running = await startFeedpulse(['--data-dir', folder, '--source', 'ndjson', '--in', join(folder, 'posts.ndjson')]);
  await eventually('the posts count', 60, async () => (await net().catch(() => null)) !== null);
  const before = await net();
  expect(await ask('start', model)).toEqual(
    expect.stringMatching(/^30 posts scored; `node .*feedpulse.cjs rescore list` shows the model\.\n$/),
  );
  expect(await ask('start', model)).toMatch(/^0 posts/);
  expect(await ask('list')).toMatch(/^MODEL +ACTIVE +INACTIVE .*\ntiny@1\.\S+ +30 +0 .*\ntiny@9\.0\.0 +0 +30 /);
  const { posts, active, other: found, agreement } = JSON.parse(await ask('compare', other, '--format', 'json')) as ModelComparison;
  expect([posts, active.positive, found.positive, agreement]).toEqual([30, 10, 0, expect.closeTo(2 / 3, 1)]);
  const table = await ask('compare', other);
  expect(table).toMatch(/^SCORES +NET +MEAN +NEGATIVE +NEUTRAL +POSITIVE +UNSCORED\nactive /);
  expect(table).toContain('30 posts have both scores');
  expect(table).toMatch(/positive → negative: \d+/);
  expect(await ask('activate', other)).toBe(`${other} would become active for 30 posts. Add --yes to activate.\n`);
  expect(await ask('activate', other, '--yes')).toBe(`${other} is now active for 30 posts; rollups are updated within seconds.\n`);
  await eventually('the figures follow', 30, async () => (await net()) < before - 20);
  // Without a process, the command does the work itself.
  expect(await running.stop()).toBe(0);
  const first = /tiny@1\.\S+/.exec(await ask('list'))?.[0] ?? '';
  expect(await ask('activate', first, '--yes')).toBe(`${first} is now active for 30 posts; rollups are updated within seconds.\n`);
  expect(await net()).toBe(before);
});

test('an unknown model or version ends with a one-line error', async () => {
  const none = await runCommand(['rescore', 'start', join(folder, 'nowhere'), '--data-dir', folder, '--log-level', 'silent']);
  expect([none.code, none.output]).toEqual([4, expect.stringMatching(/^MODEL_MISSING: .*manifest\.json is missing/)]);
  const unknown = await runCommand(['rescore', 'activate', "x' OR 1", '--data-dir', folder, '--log-level', 'error']);
  expect([unknown.code, unknown.output]).toEqual([
    2,
    expect.stringMatching(/^USAGE: No post in this range has an inactive score from x' OR 1/),
  ]);
});

test('posts in languages that only another model reads keep their scores', async () => {
  const german = await createTinyModel(join(folder, 'german'), { name: 'german', languages: ['de'] });
  expect(await ask('start', german)).toMatch(/^0 posts scored/);
});
