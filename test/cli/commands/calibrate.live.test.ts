import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { feedpulse, runCommand } from '../../support/feedpulse.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

let folder: string;
beforeAll(async () => {
  const { db, dataDir } = await openTestDatabase();
  folder = dataDir;
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const createdAt = new Date(Date.now() - 3_600_000).toISOString();
  await createWriter(shared).write(
    Array.from({ length: 50 }, (_, index) =>
      scoredPost({
        id: index === 0 ? '=1+1' : `${index}`,
        label: 'neutral',
        modelVersion: 'tiny@1.0.0',
        text: `=post ${index}, "leaks"`,
        createdAt,
      }),
    ),
  );
  await createRollups(shared).catchUp();
  await db.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const calibrate = (...args: string[]) => feedpulse('calibrate', ...args, '--data-dir', folder, '--log-level', 'error');

test('a sample is drawn, labeled, fitted, listed and removed', async () => {
  const file = join(folder, 'sample.csv');
  const { stderr } = await calibrate('draw', '--size', '60', '--out', file);
  expect(stderr).toMatch(/^all 50 posts of 50 from \S+ to \S+\. Fill in the column label, then run: feedpulse calibrate fit /);
  const csv = await readFile(file, 'utf8');
  expect(csv).toMatch(/^platform,id,text,label\r\n/);
  expect(csv).toContain(`,'=1+1,`);
  const unlabeled = await runCommand(['calibrate', 'fit', file, '--data-dir', folder, '--log-level', 'error']);
  expect([unlabeled.code, unlabeled.output]).toEqual([2, expect.stringContaining('sample.csv has no labels; fill in the column label')]);
  const lines = csv
    .split('\r\n')
    .map((line, row) => (row === 0 || line === '' ? line : `${line}${row % 2 === 0 ? 'negative' : 'Neutral'}`));
  await writeFile(file, lines.join('\r\n'));
  const { stdout } = await calibrate('fit', file);
  expect(stdout).toMatch(
    /^Net sentiment of all brands is calibrated on 50 posts from \S+ to \S+\.\n {2}before {2}0\.0\n {2}now {5}−50\.0 ± \d+\.\d \(95%\)\nThe counted value is 50\.0 points too high\. /,
  );
  expect(stdout).toMatch(/\d+ more labels bring the error to ±3 points\.\n$/);
  expect((await calibrate('show')).stdout).toMatch(/^BRAND +BASIS .*\n\* +labels +50 +0\.0 +−50\.0 /);
  expect((await calibrate('remove')).stdout).toBe('The calibration of all brands is removed.\n');
  expect((await calibrate('show')).stdout).toBe('No brand is calibrated.\n');
});
