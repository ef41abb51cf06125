import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import type { RunningFeedpulse } from '../support/feedpulse.ts';
import { openView, statValue } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

let browser: Browser;
let running: RunningFeedpulse;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-page-no-brands-'));
  const posts = ['1', '2', '3'].map((id) => scoredPost({ id, createdAt: new Date(Date.now() - 600_000).toISOString(), brands: [] }));
  running = await startWithHistory(folder, { posts, config: {} });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the overview of a config without brands shows all posts, without errors', async () => {
  const { page, errors } = await openView(browser, running.url);
  await page.waitForResponse((answer) => answer.url().includes('/api/v1/anomalies') && answer.ok());
  await expect.poll(() => statValue(page, 'Posts')).toBe('3');
  // Longer than a failed query waits before its retry.
  await page.waitForTimeout(3_500);
  expect(await page.locator('.notice.bad').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});
