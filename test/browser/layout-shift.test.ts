import type { BrowserContextOptions } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { kettleHistory } from '../support/kettle-history.ts';
import { openPage } from '../support/open-page.ts';
import { startWithHistory } from '../support/stored-history.ts';

const waitLonger = { timeout: 30_000 };
/** Above this, a layout is said to jump: https://web.dev/articles/cls */
const maxShift = 0.1;

const suite = browserSuite((dir) => startWithHistory(dir, kettleHistory));

const sizes: [string, BrowserContextOptions][] = [
  ['a desktop', { viewport: { width: 1_440, height: 900 } }],
  ['a phone', { viewport: { width: 375, height: 812 }, isMobile: true }],
];
const delays = [0, 3_000] as const;

test.each(sizes.flatMap(([name, options]) => delays.map((delay) => [name, delay, options] as const)))(
  'the first load on %s does not jump, with incidents %i ms late',
  async (_, delay, options) => {
    const { page } = await openPage(suite.browser, 'about:blank', options);
    await page.addInitScript(`{
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries()) {
          if (!hadRecentInput) window.shifts.push([value, sources.map(({ node }) => node && (node.className || node.nodeName))]);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    }`);
    await page.route('**/api/v1/incidents?*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      await route.continue();
    });
    await page.goto(suite.running.url);
    await page.locator('.incident blockquote, .incident .story p').first().waitFor(waitLonger);
    await page.locator('.stat-cards .value').first().waitFor(waitLonger);
    await expect.poll(() => page.locator('.history canvas').count(), waitLonger).toBe(2);
    await page.waitForTimeout(1_500);
    const shifts = await page.evaluate<[number, string[]][]>('window.shifts');
    const total = shifts.reduce((sum, [value]) => sum + value, 0);
    expect(total, JSON.stringify(shifts)).toBeLessThanOrEqual(maxShift);
    await page.context().close();
  },
);

test('the first load takes at most 200 kB', async () => {
  const { page } = await openPage(suite.browser, 'about:blank');
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  let bytes = 0;
  client.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(suite.running.url);
  await page.locator('main.loaded').waitFor(waitLonger);
  await expect.poll(() => page.locator('.history canvas').count(), waitLonger).toBe(2);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(200_000);
  await page.context().close();
});
