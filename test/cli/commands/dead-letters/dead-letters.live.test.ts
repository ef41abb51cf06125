import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedpulse, queryDataDir } from '../../../support/feedpulse.ts';

const posts = Array.from({ length: 40 }, (_, id) => JSON.stringify({ platform: 'p', id, body: `A lovely day, number ${id}` }));
const others = ['no post', '{"platform":"p","id":"x"}', `{"\u001b[31m":1}`, '"\u202e\u0000"'];

let folder: string;
let wrong: string;
let mended: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-cli-letters-'));
  await writeFile(join(folder, 'feed.ndjson'), [...posts, ...others].join('\n'));
  const settings = {
    source: 'ndjson',
    ndjson: { path: join(folder, 'feed.ndjson') },
    dataDir: join(folder, 'data'),
    server: { enabled: false },
    log: { level: 'error' },
  };
  // JSON is YAML.
  wrong = join(folder, 'wrong.yaml');
  mended = join(folder, 'mended.yaml');
  await writeFile(wrong, JSON.stringify(settings));
  await writeFile(mended, JSON.stringify({ ...settings, mapping: { text: 'body' } }));
  await feedpulse('run', '--config', wrong);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const command = async (...args: string[]): Promise<string> => (await feedpulse('dead-letters', ...args)).stdout;

test('the list reads well at 80 columns and says what it leaves out', async () => {
  const listed = await command('list', '--config', wrong, '--limit', '3');
  const lines = listed.trimEnd().split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines[0]).toBe('REJECTED (UTC)    REASON           BYTES  STATE     POSITION');
  expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}missing-text +25 {2}pending {3}ndjson:feed.ndjson\/0\/42$/);
  expect(listed).toContain('44 dead letters, the last 3 listed; 0 replayed.');
  expect(await command('list', '--config', wrong, '--since', '2100-01-01')).toBe('No dead letters.\n');
});

test('a dead letter is shown as text, with escaped control sequences', async () => {
  const hostile = await command('show', 'ndjson:feed.ndjson/0/43', '--config', mended);
  expect(hostile).toContain('  {"\\u{1b}[31m":1}');
  expect(hostile).toContain('parses now    no: not-json');
  expect(await command('show', 'ndjson:feed.ndjson/0/44', '--config', mended)).toContain('  00000000  22 e2 80 ae 00 22 ');
  const whole = await command('show', 'ndjson:feed.ndjson/0/1', '--config', mended);
  expect(whole).toContain('reason        missing-text – The post has no text, or only white space, and is not a deletion.');
  expect(whole).toContain('parses now    yes');
  const json = JSON.parse(await command('show', 'ndjson:feed.ndjson/0/1', '--config', mended, '--format', 'json'));
  expect(Buffer.from(json.bytes, 'base64').toString()).toBe(posts[0]);
});

test('a replay prints its result, its posts can be read as a source, and a second replay does nothing', async () => {
  expect(await command('replay', '--config', mended, '--dry-run')).toContain('40 would be replayed.');
  const said = await command('replay', '--config', mended);
  expect(said).toMatch(/^40 replayed to .*000001\/posts\.ndjson\.\nIngest them with: feedpulse run --source ndjson --in .*\n4 skipped:/);
  expect(said).toContain('missing-text       ndjson:feed.ndjson/0/42');
  expect(await command('replay', '--config', mended)).toContain('0 replayed.\n40 already replayed earlier.');
  expect(await command('list', '--config', mended)).toContain('44 dead letters; 40 replayed.');
  await feedpulse('run', '--config', mended, '--in', join(folder, 'data', 'replays', '000001', 'posts.ndjson'));
  const [rows] = await queryDataDir<{ rows: number }>(join(folder, 'data'), 'SELECT toUInt32(count()) AS rows FROM posts FINAL');
  expect(rows?.rows).toBe(40);
});

test.each([
  [['show', 'nowhere', '--config', 'wrong'], /Expected topic\/partition\/offset/],
  [['show', 'posts/0/1', '--config', 'wrong'], /^USAGE: No dead letter with position posts\/0\/1\./],
  [['list', '--reason', 'boredom'], /Allowed choices are not-json/],
  [['list', '--since', 'yesterday'], /Expected a date/],
  [['replay', '--source', 'nowhere'], /^CONFIG_INVALID: source: expected one of bluesky, demo, kafka/],
])('%j ends with a clear error', async (args, message) => {
  const given = args.map((arg) => (arg === 'wrong' ? wrong : arg));
  await expect(command(...given)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});

test('every command has its help', async () => {
  for (const name of ['list', 'show', 'replay']) expect(await command(name, '--help')).toContain(`dead-letters ${name} [options]`);
});
