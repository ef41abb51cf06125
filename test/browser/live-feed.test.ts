import { execFile } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoPost } from '../../src/ingest/sources/demo/demo-post.ts';
import { launchChromium } from '../support/chromium.ts';
import { type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { openView } from '../support/open-page.ts';

/** `npm run test:browser` watches for ten minutes, `npm test` for one. */
const minutes = process.env['BROWSER'] === 'whole' ? 10 : 1;
const minuteMs = 60_000;
/** Well above what a brand team's feed brings, and within what two cores score beside a browser. */
const postsPerSecond = 100;

let browser: Browser;
let folder: string;
let running: RunningFeedpulse;
let feed: WriteStream;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-live-feed-'));
  const pipe = join(folder, 'feed.ndjson');
  await promisify(execFile)('mkfifo', [pipe]);
  // A pipe opens when both of its ends do, and the process is live before it reads.
  const starting = startFeedpulse(['--source', 'ndjson', '--in', pipe, '--data-dir', join(folder, 'data')]);
  feed = createWriteStream(pipe);
  running = await starting;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  feed?.destroy();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Writes posts of this moment at an even rate until told to stop. Resolves to how many. */
async function write(signal: AbortSignal): Promise<number> {
  const startedAt = Date.now();
  let written = 0;
  while (!signal.aborted) {
    const due = ((Date.now() - startedAt) / 1_000) * postsPerSecond;
    for (; written < due; written += 1) feed.write(`${JSON.stringify(demoPost(11, Date.now(), written))}\n`);
    await sleep(50);
  }
  return written;
}

interface Memory {
  readonly heapMiB: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** What the page holds when nothing that is garbage is left. */
async function memoryOf(session: CDPSession): Promise<Memory> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const read = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return { heapMiB: read('JSHeapUsedSize') / 1_048_576, nodes: read('Nodes'), listeners: read('JSEventListeners') };
}

/** Seconds from the moment that the newest post on the page was written to now. */
const ageOfNewest = async (page: Page): Promise<number> =>
  page.evaluate<number>('(Date.now() - Date.parse(document.querySelector(".live .post time").dateTime)) / 1000');

test(`a fast feed is drawn for ${minutes} min without the page growing`, { timeout: (minutes + 2) * minuteMs }, async () => {
  const stop = new AbortController();
  const writing = write(stop.signal);
  const { page, complaints } = await openView(browser, `${running.url}/?view=live`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.locator('.live .post').first().waitFor();

  const samples: Memory[] = [];
  const ages: number[] = [];
  const until = Date.now() + minutes * minuteMs;
  while (Date.now() < until) {
    await sleep(5_000);
    ages.push(await ageOfNewest(page));
    samples.push(await memoryOf(session));
  }
  stop.abort();
  const written = await writing;
  // Garbage that still waits comes and goes; what the page keeps is what is left at the lowest point of the second half.
  const kept = (key: keyof Memory): number => Math.min(...samples.slice(samples.length / 2).map((sample) => sample[key]));

  expect(written).toBeGreaterThan(0.9 * minutes * 60 * postsPerSecond);
  // It kept up: what is on the page is what has just been written.
  expect(Math.max(...ages)).toBeLessThan(10);
  // A page that kept the posts would hold 150,000 nodes and a listener of each by then; one that kept only their data, 6.5 MiB.
  expect(kept('nodes')).toBeLessThan(12_000);
  expect(kept('listeners')).toBeLessThan(250);
  expect(kept('heapMiB')).toBeLessThan(6);
  expect(complaints).toEqual([]);
  await page.context().close();
});
