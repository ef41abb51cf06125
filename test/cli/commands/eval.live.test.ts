import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedpulse, runCommand } from '../../support/feedpulse.ts';

let folder: string;
let labeled: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-eval-'));
  labeled = join(folder, 'labeled.tsv');
  // Language detection would skip the German post.
  const rows = [
    'label\ttext',
    'positive\tI love this camera',
    'negative\twhat a terrible phone',
    'neutral\tDer Zug nach Halden fährt heute von Gleis zwei ab',
  ];
  await writeFile(labeled, `${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const evaluate = async (...args: string[]) => {
  const { stdout } = await feedpulse('eval', labeled, '--json', '--log-level', 'error', ...args);
  const { postsPerSecond, ...report } = JSON.parse(stdout);
  expect(postsPerSecond).toBeGreaterThan(0);
  return report;
};

test('eval --lang names the language of all posts, and gives the numbers of a run without it', async () => {
  const report = await evaluate();
  expect(report).toMatchObject({ rows: 3, perClass: { positive: { recall: 1 }, negative: { recall: 1 } } });
  expect(await evaluate('--lang', 'en')).toEqual(report);
  expect(await evaluate('--lang', 'en-GB')).toEqual(report);
});

test.each([
  ['a language that the model does not support', 'de', /^USAGE: \S+@\S+ does not support the language de, only en\. /],
  ['a malformed code', '7!', /'7!' is invalid\. Expected a language code such as en\./],
])('eval rejects %s', async (_, lang, message) => {
  const { code, output } = await runCommand(['eval', labeled, '--lang', lang, '--log-level', 'error']);
  expect([code, output]).toEqual([2, expect.stringMatching(message)]);
});
