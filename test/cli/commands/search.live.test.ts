import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Drivers } from '../../../src/analytics/drivers/drivers.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { feedpulse, runCommand } from '../../support/feedpulse.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

const hostile = '=cmd|calc\r\n\u001b[31mred\u202e "quoted", kettle';
const day = 24 * 3_600_000;

let folder: string;

beforeAll(async () => {
  const { db, dataDir: made } = await openTestDatabase();
  folder = made;
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const at = (index: number) => new Date(Date.now() - day + index * 1_000).toISOString();
  const own = (index: number) => ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${letter}${index}`).join(' ');
  await createWriter(shared).write([
    ...Array.from({ length: 30 }, (_, index) =>
      scoredPost({ id: `n${index}`, createdAt: at(index), label: 'negative', text: `Melted charger ${own(index)}` }),
    ),
    ...Array.from({ length: 30 }, (_, index) =>
      scoredPost({ id: `p${index}`, createdAt: at(index), text: `Superb camera ${own(-index)}` }),
    ),
    scoredPost({ id: 'hostile', createdAt: at(100), label: 'neutral', text: hostile, author: { id: 'u1', handle: '+ines' } }),
  ]);
  await createRollups(shared).catchUp();
  // The folder belongs to one process: now to the commands.
  await db.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (...args: string[]) => feedpulse(...args, '--data-dir', folder, '--log-level', 'error');

test('posts are printed as a table with escaped control sequences, and the next page is named', async () => {
  const { stdout, stderr } = await ask('posts', '--brand', 'Kestrel', '--since', 'now-2d', '--limit', '2');
  const [head = '', first = '', ...rest] = stdout.split('\n');
  expect(head).toMatch(/^TIME \(UTC\) +PLATFORM +ID +AUTHOR +LANG +LABEL +CONF +ENGAGEMENT +TEXT$/);
  expect(first).toContain('=cmd|calc \\u{1b}[31mred\\u{202e} "quoted", kettle');
  expect(rest).toHaveLength(2);
  const cursor = /--before (\S+)/.exec(stderr)?.[1] ?? '';
  const next = await ask('posts', '--brand', 'Kestrel', '--since', 'now-2d', '--limit', '2', '--before', cursor);
  expect(next.stdout).toContain('p28');
});

test('posts as CSV are safe in a spreadsheet, as JSON they are exact', async () => {
  const csv = await ask('posts', '--text', 'KETTLE "quoted"', '--format', 'csv');
  expect(csv.stdout).toContain(`,'+ines,`);
  expect(csv.stdout).toContain(`"'=cmd|calc \\u{1b}[31mred\\u{202e} ""quoted"", kettle"`);
  const { stdout } = await ask('posts', '--text', 'KETTLE "quoted"', '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ posts: [{ id: 'hostile', text: hostile }], next: null });
});

test('drivers are printed with the number of posts they are based on', async () => {
  const { stdout, stderr } = await ask('drivers', '--brand', 'Kestrel', '--since', 'now-2d');
  expect(stdout).toMatch(
    /^LABEL +TERM +KIND +Z +POSTS +WITH DUPLICATES +SHARE +NET +EXAMPLE\nnegative +melted charger +bigram +\d+\.\d +30 +30 +100\.0% +-100 +Melted charger/,
  );
  expect(stdout).toMatch(/\npositive +superb camera +bigram/);
  expect(stderr).toContain('61 scored posts, 61 after removing near-duplicates.');
  const json = JSON.parse((await ask('drivers', '--brand', 'Kestrel', '--since', 'now-2d', '--format', 'json')).stdout) as Drivers;
  expect(json.negative[0]).toMatchObject({ term: 'melted charger', posts: 30, share: 1, netSentiment: -100 });
});

test('a request that the API rejects ends with a one-line error', async () => {
  const { code, output } = await runCommand(['posts', '--sort', 'engagement', '--data-dir', folder, '--log-level', 'error']);
  expect([code, output]).toEqual([2, expect.stringMatching(/^USAGE: from: sorting by engagement needs a range/)]);
});
