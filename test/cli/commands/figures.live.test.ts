import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Timeline } from '../../../src/domain/brand-metrics.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { feedpulse, runCommand } from '../../support/feedpulse.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

const hour = 3_600_000;
const hostile = '=HYPERLINK("x")\u001b[31m';

let folder: string;

beforeAll(async () => {
  const { db, dataDir: made } = await openTestDatabase();
  folder = made;
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  // From half past an hour on: posts on both sides of a full hour would be drawn as two bars.
  const at = (hoursAgo: number, index: number) =>
    new Date((Math.floor(Date.now() / hour) - hoursAgo + 0.5) * hour + index * 1_000).toISOString();
  const many = (name: string, count: number, hoursAgo: number, given: object) =>
    Array.from({ length: count }, (_, index) => scoredPost({ id: `${name}${index}`, createdAt: at(hoursAgo, index), ...given }));
  await createWriter(shared).write([
    ...many('old', 40, 60, { brands: ['Kestrel', 'Marlow'] }),
    ...many('before', 100, 30, { brands: ['Kestrel'] }),
    ...many('bad', 80, 4, { brands: ['Kestrel'], label: 'negative', score: -0.8, platform: 'board' }),
    ...many('good', 20, 3, { brands: ['Marlow'], lang: 'pt' }),
    ...many('odd', 5, 2, { brands: [hostile] }),
  ]);
  await createRollups(shared).catchUp();
  // The folder belongs to one process: now to the commands.
  await db.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (...args: string[]) => feedpulse(...args, '--data-dir', folder, '--log-level', 'error');

test('a trend has its curve, its change against the previous period and its gaps', async () => {
  const { stdout } = await ask('trends', '--brand', 'Kestrel');
  const [title = '', total, change, , posts = '', net = '', , head, ...rows] = stdout.trimEnd().split('\n');
  expect(title).toMatch(/^Kestrel, \S+ \S+ to \S+ \S+ \(UTC\), by hour, UTC$/);
  expect(total).toBe('80 posts, net sentiment −100 (–), not calibrated on this feed'); // the error of this model is unknown
  expect(change).toBe('against the previous period: posts −20%, net −200.0 points *');
  expect(posts).toMatch(/^posts {2}[ ▁█]+$/);
  expect(net).toMatch(/^net {4}[ ▄]+$/);
  expect(head).toMatch(/^FROM \(UTC\) +POSTS +NET +95% CI +COUNTED +NEGATIVE +NEUTRAL +POSITIVE +UNSCORED$/);
  expect(rows.length).toBeGreaterThanOrEqual(24);
  expect(rows.filter((row) => row.includes('gap')).length).toBeGreaterThan(15);
  expect(rows.some((row) => / 0 +– +– /.test(row))).toBe(true);
});

test('a trend can be broken down, and in a time zone', async () => {
  const { stdout } = await ask('trends', '--since', 'now-10h', '--by', 'language');
  expect(stdout).toMatch(/\nLANGUAGE +POSTS +SHARE +NET .*\nen +85 +81\.0% +−88 .*\npt +20 +19\.0% +\+100 /);
  const days = await ask('trends', '--since', 'now-3d', '--by', 'day', '--time-zone', 'Pacific/Auckland', '--format', 'json');
  const { buckets } = JSON.parse(days.stdout) as Timeline & { timeZone: string };
  expect(buckets.reduce((sum, { volume }) => sum + volume, 0)).toBe(245);
  const local = (start: string) => new Date(start).toLocaleTimeString('en-GB', { timeZone: 'Pacific/Auckland' });
  expect(buckets.map(({ start }) => local(start))).toEqual(buckets.map(() => '00:00:00'));
});

test('brands are listed side by side, and control sequences in names are escaped', async () => {
  const { stdout, stderr } = await ask('compare', '--brand', 'Marlow', 'Kestrel', hostile);
  const [head = '', marlow = '', kestrel = '', odd = ''] = stdout.split('\n');
  expect(head).toMatch(
    /^BRAND +POSTS +CHANGE +TREND +SHARE OF VOICE +95% CI +NET +95% CI +NET CHANGE +COUNTED +BASIS +NEGATIVE +POSITIVE$/,
  );
  expect(marlow).toMatch(/^Marlow +20 +new [ ▁█]+ 19\.0% +12\.7 … 27\.6 +\+100 +– +– +\+100 +not calibrated on this feed +0\.0% +100\.0%$/);
  expect(kestrel).toMatch(/^Kestrel +80 +−20% [ ▁█]+ 76\.2% .* −200\.0 \* /);
  expect(odd).toContain('=HYPERLINK("x")\\u{1b}[31m');
  expect(stderr).toContain('105 mentions from ');
  const csv = await ask('compare', '--brand', hostile, '--format', 'csv');
  expect(csv.stdout).toContain(`"'=HYPERLINK(""x"")\\u{1b}[31m",5,`);
});

test('a request that the API rejects ends with a one-line error', async () => {
  const zone = await runCommand(['trends', '--time-zone', 'Mars/Olympus', '--data-dir', folder, '--log-level', 'error']);
  expect([zone.code, zone.output]).toEqual([2, expect.stringMatching(/^USAGE: timeZone: not an IANA time zone/)]);
  const none = await runCommand(['compare', '--brand', 'A', 'A', '--data-dir', folder, '--log-level', 'error']);
  expect([none.code, none.output]).toEqual([2, expect.stringMatching(/^USAGE: brands: duplicate brand/)]);
});
