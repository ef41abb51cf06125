import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, startFeedpulse } from '../../support/feedpulse.ts';

const execute = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-stop-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a signal that comes twice at once, as npm passes it on, is one: what is being scored is finished', async () => {
  const running = await startFeedpulse(['--source', 'demo', '--data-dir', join(folder, 'demo')]);
  await eventually('posts are scored', 30, async () => (await running.metric('feedpulse_posts_scored_total')) > 200);
  process.kill(running.pid, 'SIGINT');
  process.kill(running.pid, 'SIGTERM');
  expect(await running.waitForExit()).toBe(0);
  expect(running.log().match(/stopping: finishing/g)).toHaveLength(1);
});

test('a later signal ends a run that cannot finish', async () => {
  const feed = join(folder, 'feed');
  await execute('mkfifo', [feed]);
  // Reading a pipe that is open and says nothing cannot be cut off.
  const silent = await open(feed, 'r+');
  const running = await startFeedpulse(['--source', 'ndjson', '--data-dir', join(folder, 'ndjson')], { FEEDPULSE_NDJSON_PATH: feed });
  let hasEnded = false;
  const ended = running.waitForExit().finally(() => {
    hasEnded = true;
  });
  process.kill(running.pid, 'SIGTERM');
  await sleep(2_000);
  expect(hasEnded).toBe(false);
  const again = Date.now();
  process.kill(running.pid, 'SIGTERM');
  expect(await ended).toBeNull();
  expect(Date.now() - again).toBeLessThan(1_000);
  await silent.close();
});
