import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { brandHistory, historyBrands, historyConfig } from '../support/brand-history.ts';
import { browserSuite } from '../support/browser-suite.ts';
import { brightness } from '../support/chromium.ts';
import { alertTransition } from '../support/kettle-history.ts';
import { startWithHistory } from '../support/stored-history.ts';

const [brand, other] = historyBrands;
const alertAt = Date.now() - 1_200_000;
const incidentId = Buffer.from(JSON.stringify([alertAt, brand])).toString('base64url');

/** Each page, and an element that shows that it has loaded. */
const pages = [
  ['/', '.history canvas'],
  [`/?brand=${brand}&brand=${other}`, '.chart.lines canvas'],
  ['/?view=posts', '.cards .post'],
  ['/?view=live', '.live .post'],
  ['/?view=compare', '.comparison .metric-value'],
  ['/?view=alerts', '.panel h2'],
  ['/?view=health', '.definition-list'],
  ['/?view=calibrate', '.label-buttons'],
  ['/?view=settings', '.brand-settings li'],
  [`/?view=incident&incident=${incidentId}`, '.notifications'],
] as const;

const cases = pages.flatMap(([path, sign]) => (['light', 'dark'] as const).map((colorScheme) => ({ path, sign, colorScheme })));

/** With an alert and a dead letter, so that every panel has content. */
const suite = browserSuite((dir) =>
  startWithHistory(dir, {
    posts: brandHistory(),
    alerts: [alertTransition(1, 'alert', brand, alertAt)],
    lines: ['{ "this is no JSON'],
    config: historyConfig,
  }),
);

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** The serious and critical violations found by axe-core. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** Resolves when nothing on the page is loading. */
const settled = (page: Page): Promise<unknown> =>
  expect.poll(() => page.locator('.skeleton, .placeholder, .stale').count(), { timeout: 20_000 }).toBe(0);

describe.each(cases)('$path, $colorScheme', ({ path, sign, colorScheme }) => {
  test('has no serious violation on desktop and phone, and never scrolls horizontally', async () => {
    // Without animations: axe would otherwise measure the colors of posts that are still fading in.
    const { page, errors } = await suite.open(path, {
      viewport: { width: 1440, height: 1000 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    await page.locator(sign).first().waitFor();
    await settled(page);
    expect(await findViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1_440);
    const [ground, text] = await page.evaluate<[string, string]>(
      '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
    );
    expect(brightness(ground) > brightness(text)).toBe(colorScheme === 'light');
    await page.setViewportSize({ width: 375, height: 812 });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await findViolations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

test.each([
  ['/', ['Brand: All posts', 'Other ranges', 'Save the metrics as CSV', 'Net sentiment over time']],
  [
    `/?brand=${brand}&brand=${other}`,
    [
      'Brand: 2 brands',
      'Save the brands as CSV',
      `Net sentiment of ${brand}, ${other} over time`,
      `Share of voice of ${brand}, ${other} over time`,
    ],
  ],
  ['/?view=posts', ['Brand: All posts', 'Search posts', 'Save these posts as CSV']],
  ['/?view=live', ['Brand: All posts', 'Save the live posts as CSV', 'Pause']],
  ['/?view=compare', ['Brand: All posts', 'Save the comparison as CSV', 'Brands side by side']],
  ['/?view=alerts', ['Brand: All posts', 'Save the rules as CSV', 'Run']],
  ['/?view=health', ['Save the health of the pipeline as CSV']],
])('every control on %s can be reached by keyboard, in reading order', async (path, pageControls) => {
  const { page } = await suite.open(path, { viewport: { width: 1440, height: 1000 } });
  await settled(page);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
  const reached: string[] = [];
  for (let step = 0; step < 90; step += 1) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent'));
  }
  const expected = ['feedpulse home', 'Overview', 'Health', ...pageControls];
  // Each control is focused once; after the last one the browser starts again.
  expect([...new Set(reached.filter((name) => expected.includes(name)))]).toEqual(expected);
  await page.context().close();
});

test('every page has one top-level heading, and every control a name', async () => {
  for (const [path] of pages) {
    const { page } = await suite.open(path);
    expect(await page.locator('h1').count()).toBe(1);
    const nameless = await page.evaluate(`[...document.querySelectorAll('button, a, select, input, summary, [role=slider]')].filter(
      (control) => ![control.getAttribute('aria-label'), control.textContent, ...Array.from(control.labels ?? [], (label) => label.textContent)]
        .some((name) => name?.trim()),
    ).map((control) => control.outerHTML)`);
    expect(nameless).toEqual([]);
    await page.context().close();
  }
});
