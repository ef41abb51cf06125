import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoBrands } from '../../src/ingest/sources/demo/demo-brands.ts';
import { brightness, launchChromium } from '../support/chromium.ts';
import { type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { openView } from '../support/open-page.ts';

const [brand = '', other = ''] = demoBrands.map(({ name }) => name);

/** Each view, and by what it is known to be there. */
const views = [
  ['/', '.history canvas'],
  [`/?brand=${brand}&brand=${other}`, '.chart.lines canvas'],
  ['/?view=posts', '.cards .post'],
  ['/?view=live', '.live .post'],
  ['/?view=compare', '.comparison .figure'],
  ['/?view=alerts', '.panel h2'],
  ['/?view=health', '.facts-list'],
] as const;

const cases = views.flatMap(([path, sign]) => (['light', 'dark'] as const).map((colorScheme) => ({ path, sign, colorScheme })));

let browser: Browser;
let running: RunningFeedpulse;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-accessibility-'));
  running = await startFeedpulse(['--source', 'demo', '--data-dir', folder]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core calls serious or critical, in words. */
async function findingsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: Finding[] }>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** What is loading is no more than its outline. */
const settled = (page: Page): Promise<unknown> => expect.poll(() => page.locator('.skeleton, .stale').count(), { timeout: 20_000 }).toBe(0);

describe.each(cases)('$path, $colorScheme', ({ path, sign, colorScheme }) => {
  test('has no serious finding, at a desk or on a phone, and never scrolls sideways', async () => {
    // Without movement: axe would measure the colours of posts that are still fading in.
    const { page, complaints } = await openView(browser, `${running.url}${path}`, {
      viewport: { width: 1440, height: 1000 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    await page.locator(sign).first().waitFor();
    await settled(page);
    expect(await findingsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1_440);
    const [ground, text] = await page.evaluate<[string, string]>(
      '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
    );
    expect(brightness(ground) > brightness(text)).toBe(colorScheme === 'light');
    await page.setViewportSize({ width: 375, height: 812 });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await findingsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test.each([
  ['/', ['Brand: All posts', 'Another stretch of time', 'Save the figures as CSV', 'Net sentiment over time']],
  [
    `/?brand=${brand}&brand=${other}`,
    [
      'Brand: 2 brands',
      'Save the brands as CSV',
      `Net sentiment of ${brand}, ${other} over time`,
      `Share of voice of ${brand}, ${other} over time`,
    ],
  ],
  ['/?view=posts', ['Brand: All posts', 'Words that the posts have', 'Save these posts as CSV']],
  ['/?view=live', ['Brand: All posts', 'Save the live posts as CSV', 'Pause']],
  ['/?view=compare', ['Brand: All posts', 'Save the comparison as CSV', 'Brands side by side']],
  ['/?view=alerts', ['Brand: All posts', 'Save the rules as CSV', 'Try it']],
  ['/?view=health', ['Save the health of the pipeline as CSV']],
])('everything that can be used on %s is reached by keyboard, in the order in which it is read', async (path, own) => {
  const { page } = await openView(browser, `${running.url}${path}`, { viewport: { width: 1440, height: 1000 } });
  await settled(page);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the figures');
  const reached: string[] = [];
  for (let step = 0; step < 90; step += 1) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent'));
  }
  const expected = ['feedpulse, start page', 'Overview', 'Health', ...own];
  // Each is met once; after the last the browser begins anew.
  expect([...new Set(reached.filter((name) => expected.includes(name)))]).toEqual(expected);
  await page.context().close();
});

test('the page has one heading on top, and every control a name', async () => {
  for (const [path] of views) {
    const { page } = await openView(browser, `${running.url}${path}`);
    expect(await page.locator('h1').count()).toBe(1);
    const nameless = await page.evaluate(`[...document.querySelectorAll('button, a, select, input, summary, [role=slider]')].filter(
      (control) => ![control.getAttribute('aria-label'), control.textContent, ...Array.from(control.labels ?? [], (label) => label.textContent)]
        .some((name) => name?.trim()),
    ).map((control) => control.outerHTML)`);
    expect(nameless).toEqual([]);
    await page.context().close();
  }
});
