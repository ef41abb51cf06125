import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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

test('a signal ends a run that reads a pipe that is open and says nothing', async () => {
  const feed = join(folder, 'feed');
  await execute('mkfifo', [feed]);
  const silent = await open(feed, 'r+');
  const running = await startFeedpulse(['--source', 'ndjson', '--data-dir', join(folder, 'ndjson')], { FEEDPULSE_NDJSON_PATH: feed });
  process.kill(running.pid, 'SIGTERM');
  expect(await running.waitForExit()).toBe(0);
  await silent.close();
});

test('a later signal ends a process that cannot finish', async () => {
  const program = `
    import { stopOnSignal } from ${JSON.stringify(new URL('../../../dist/cli/stop-on-signal.js', import.meta.url).href)};
    stopOnSignal({ info: () => console.log('stopping') });
    setInterval(() => {}, 1_000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += String(data)));
  const ended = once(child, 'exit');
  await eventually('the process is ready', 10, async () => output.includes('ready'));
  child.kill('SIGTERM');
  await sleep(1_500);
  expect([output, child.exitCode, child.signalCode]).toEqual(['ready\nstopping\n', null, null]);
  const again = Date.now();
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(Date.now() - again).toBeLessThan(1_000);
});
