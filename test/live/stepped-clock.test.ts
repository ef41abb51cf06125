import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';

const hour = 3_600_000;
let dir: string;
let clockFile: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-clock-'));
  clockFile = join(dir, 'clock');
  await writeFile(clockFile, '0');
});
afterEach(() => running?.kill());
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Posts of the last five minutes, by the clock of the process, that are in the figures. */
async function countRecent({ get }: RunningFeedpulse): Promise<number> {
  const { current } = await get<{ current: { volume: number } }>('/api/v1/summary?brand=*&from=now-5m&to=now');
  return current.volume;
}

test('figures, rollups and alert rules go on while the clock of the process is set ahead, and back again', async () => {
  const env = {
    NODE_OPTIONS: `--import ${new URL('../support/stepped-clock.mjs', import.meta.url).href}`,
    STEPPED_CLOCK_FILE: clockFile,
    FEEDPULSE_DEMO_RATE: '10',
    FEEDPULSE_DEMO_BACKFILL: '10m',
    FEEDPULSE_ALERTS_NO_DATA_AFTER: '2m',
  };
  const process = await startFeedpulse(['--source', 'demo', '--data-dir', join(dir, 'data')], env);
  running = process;
  await eventually('posts are counted', 60, async () => (await countRecent(process)) > 20);
  let steps = 0;
  for (const offset of [hour, 2 * hour, 0]) {
    await writeFile(clockFile, String(offset));
    steps += 1;
    const [rows, buckets] = [await process.metric('feedpulse_rows_written_total'), await process.metric('feedpulse_rollup_buckets_total')];
    await eventually('the step is logged', 30, async () => process.log().split('the system clock was set').length - 1 === steps);
    await eventually('posts are stored', 30, async () => (await process.metric('feedpulse_rows_written_total')) > rows + 20);
    await eventually('rollups are recomputed', 30, async () => (await process.metric('feedpulse_rollup_buckets_total')) > buckets + 2);
    await eventually('posts are counted at the new time', 30, async () => (await countRecent(process)) > 20);
  }
  const { alerts } = await process.get<{ alerts: object[] }>('/api/v1/alerts');
  expect(alerts).toEqual([]);
  expect(await process.stop()).toBe(0);
}, 240_000);
