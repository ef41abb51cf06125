import { execFile } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDemoPost } from '../../src/ingest/sources/demo/demo-post.ts';
import { launchChromium } from '../support/chromium.ts';
import { type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { openView } from '../support/open-page.ts';

/** `npm run test:browser` runs for ten minutes, `npm test` for one. */
const minutes = process.env['BROWSER'] === 'whole' ? 10 : 1;
const minuteMs = 60_000;
/** Far more than most brands receive, and few enough for two cores to score while a browser runs. */
const postsPerSecond = 100;

let browser: Browser;
let dir: string;
let running: RunningFeedpulse;
let source: WriteStream;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-live-memory-'));
  const pipe = join(dir, 'posts.ndjson');
  await promisify(execFile)('mkfifo', [pipe]);
  // Opening a FIFO blocks until both ends are open; feedpulse reports that it is live before it reads.
  const starting = startFeedpulse(['--source', 'ndjson', '--in', pipe, '--data-dir', join(dir, 'data')]);
  source = createWriteStream(pipe);
  running = await starting;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  source?.destroy();
  await running?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Writes current posts at a constant rate until the signal is aborted. Resolves to their number. */
async function write(signal: AbortSignal): Promise<number> {
  const startedAt = Date.now();
  let written = 0;
  while (!signal.aborted) {
    const due = ((Date.now() - startedAt) / 1_000) * postsPerSecond;
    for (; written < due; written += 1) source.write(`${JSON.stringify(createDemoPost(11, Date.now(), written))}\n`);
    await sleep(50);
  }
  return written;
}

interface Memory {
  readonly heapMiB: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** The page's memory after a garbage collection. */
async function measureMemory(session: CDPSession): Promise<Memory> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const read = (metric: string): number => metrics.find(({ name }) => name === metric)?.value ?? Number.NaN;
  return { heapMiB: read('JSHeapUsedSize') / 1_048_576, nodes: read('Nodes'), listeners: read('JSEventListeners') };
}

/** The age of the newest post on the page, in seconds. */
const newestPostAge = async (page: Page): Promise<number> =>
  page.evaluate<number>('(Date.now() - Date.parse(document.querySelector(".live .post time").dateTime)) / 1000');

test(`shows frequent live posts for ${minutes} min without growing in memory`, { timeout: (minutes + 2) * minuteMs }, async () => {
  const stop = new AbortController();
  const writing = write(stop.signal);
  const { page, errors } = await openView(browser, `${running.url}/?view=live`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.locator('.live .post').first().waitFor();

  const samples: Memory[] = [];
  const ages: number[] = [];
  const until = Date.now() + minutes * minuteMs;
  while (Date.now() < until) {
    await sleep(5_000);
    ages.push(await newestPostAge(page));
    samples.push(await measureMemory(session));
  }
  stop.abort();
  const written = await writing;
  // The minimum of the second half ignores garbage that is not yet collected.
  const retained = (key: keyof Memory): number => Math.min(...samples.slice(samples.length / 2).map((sample) => sample[key]));

  expect(written).toBeGreaterThan(0.9 * minutes * 60 * postsPerSecond);
  // The page keeps up: its newest post has just been written.
  expect(Math.max(...ages)).toBeLessThan(10);
  // A page that kept all posts would hold 150,000 nodes and as many listeners; one that kept only their data, 6.5 MiB.
  expect(retained('nodes')).toBeLessThan(12_000);
  expect(retained('listeners')).toBeLessThan(250);
  expect(retained('heapMiB')).toBeLessThan(6);
  expect(errors).toEqual([]);
  await page.context().close();
});
