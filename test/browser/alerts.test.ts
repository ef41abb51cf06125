import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { hostile, kettleHistory, now } from '../support/kettle-history.ts';
import { download, openPage, pageQuery } from '../support/open-page.ts';
import { startWithHistory } from '../support/stored-history.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Metrics follow a correction within seconds; the page refreshes every three. */
const waitLonger = { timeout: 20_000 };

const suite = browserSuite((dir) => startWithHistory(dir, kettleHistory));

test('lists alerts, the ongoing one first; shows why it fired, acknowledges, rates, silences and unsilences it', async () => {
  const { page, errors } = await suite.open('/?view=alerts');
  const items = page.locator('.alert-item');
  await expect.poll(() => items.count()).toBe(2);
  expect(await items.nth(0).textContent()).toMatch(/Kestrel: net sentiment fell to −41 \(expected \+12\).*ongoing · 212 posts/);
  expect(await items.nth(1).textContent()).toContain(`${hostile}: net sentiment fell`);
  expect(await page.locator('.alert-item img').count()).toBe(0);
  await items.nth(0).getByText('Why it fired').click();
  await expect.poll(() => items.nth(0).locator('details').textContent(), waitLonger).toContain('Net sentiment is');
  await items.nth(0).getByRole('button', { name: 'Acknowledge' }).click();
  await items.nth(0).getByText('acknowledged').waitFor();
  await items.nth(0).getByRole('button', { name: 'Useful' }).click();
  await items.nth(0).getByText('rated useful').waitFor();
  await items.nth(0).getByRole('button', { name: 'Silence for 2 h' }).click();
  expect((await download(page, 'Save the rules as CSV')).bytes.toString()).toMatch(/^\ufeffrule,brand,status,since/);
  await page.locator('.silences', { hasText: 'sentiment for Kestrel silenced' }).getByRole('button', { name: 'Unsilence' }).click();
  await expect.poll(() => page.locator('.silences').count(), waitLonger).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('an alert shows when it got worse, ended and began again', async () => {
  const { page, errors } = await openPage(suite.browser, 'about:blank');
  await page.route('**/api/v1/alerts?*', async (route) => {
    const response = (await (await route.fetch()).json()) as { alerts: Record<string, unknown>[] }; // as the page reads it
    const [active] = response.alerts.filter(({ resolvedAt }) => resolvedAt === null);
    const updates = (['escalated', 'resolved', 'reopened'] as const).map((kind, index) => ({
      ...{ kind, at: new Date(now - (15 - 5 * index) * minute).toISOString(), why: '' },
      evaluation: { ...(active?.['evaluation'] as object), observed: -60 - index }, // as the API documents it
    }));
    await route.fulfill({ json: { ...response, alerts: [{ ...active, updates }] } });
  });
  await page.goto(`${suite.running.url}/?view=alerts&range=1h`);
  const updates = page.locator('.updates li');
  await updates.first().waitFor();
  expect((await updates.allTextContents()).map((text) => text.replace(/^.*?\d\d:\d\d /, ''))).toEqual([
    'net sentiment fell further to −60 (expected +12)',
    'back to normal',
    'net sentiment fell again to −62 (expected +12)',
  ]);
  expect(await page.locator('.timeline-track i').count()).toBe(2);
  expect(await page.locator('.timeline-track b').count()).toBe(1);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a click applies a suggested sensitivity, another one resets it', async () => {
  const { page, errors } = await openPage(suite.browser, 'about:blank');
  const outcome = (threshold: number, alerts: number, noise: number) => ({ threshold, alerts, useful: 3, noise });
  const suggestion = { rule: 'sentiment', brand: 'Kestrel', since: new Date(now - hour).toISOString() };
  let isApplied = false;
  await page.route('**/api/v1/alerts/sensitivities/suggestions', (route) =>
    route.fulfill({
      json: { suggestions: isApplied ? [] : [{ ...suggestion, current: outcome(3.5, 12, 6), suggested: outcome(4.25, 6, 0) }] },
    }),
  );
  await page.goto(`${suite.running.url}/?view=alerts`);
  const panel = page.getByRole('region', { name: 'Sensitivity' });
  await panel.getByText('6 alerts (3 rated useful, 0 noise) instead of 12 alerts (3 rated useful, 6 noise)').waitFor();
  isApplied = true;
  await panel.getByRole('button', { name: 'Apply to sentiment for Kestrel' }).click();
  await panel.getByText('threshold 4.25').waitFor();
  await panel.getByText('No suggestions.').waitFor();
  await panel.getByRole('button', { name: 'Reset sentiment for Kestrel' }).click();
  await expect.poll(() => panel.getByText('threshold 4.25').count(), waitLonger).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('plans an event and removes it', async () => {
  const { page, errors } = await suite.open('/?view=alerts');
  const panel = page.getByRole('region', { name: 'Calendar' });
  await panel.getByText('No events are planned.').waitFor();
  await panel.getByLabel('Event').fill('<b>Launch</b>');
  await panel.getByLabel('Expected').selectOption('10');
  await panel.getByRole('button', { name: 'Add' }).click();
  await panel.locator('.events', { hasText: 'up to 10 times the usual volume' }).waitFor();
  expect(await panel.locator('.events bdi').first().textContent()).toBe('<b>Launch</b>');
  await panel.getByRole('button', { name: 'Remove' }).click();
  await panel.getByText('No events are planned.').waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a list without all alerts says so', async () => {
  const { page } = await openPage(suite.browser, 'about:blank');
  await page.route('**/api/v1/alerts?*', async (route) => {
    const response = (await (await route.fetch()).json()) as { alerts: object[] }; // as the page reads it
    const alerts = Array.from({ length: 100 }, (_, index) => ({ ...response.alerts[0], id: String(index) }));
    await route.fulfill({ json: { ...response, alerts } });
  });
  await page.goto(`${suite.running.url}/?view=alerts`);
  await page.getByText('Latest 100 alerts').waitFor();
  await page.context().close();
});

test('saves the metrics of the range with their intervals', async () => {
  const { page } = await suite.open('/?brand=Kestrel');
  const { name, bytes } = await download(page, 'Save the metrics as CSV');
  expect(name).toBe('feedpulse-metrics-24h.csv');
  expect(bytes.toString()).toMatch(/^\ufeffmetric,value,low,high,previous,change,significant\r\nposts,40,/);
  await page.context().close();
});

test('backtests a rule on the range and draws the result', async () => {
  const { page, errors } = await suite.open('/?view=alerts&brand=Kestrel');
  await page.getByRole('combobox', { name: /^Sensitivity/ }).selectOption('high');
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/api/v1/alerts/backtest', async (route) => released.then(() => route.continue()));
  await page.getByRole('button', { name: 'Run' }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Run' }).isDisabled()).toBe(true);
  release();
  await page.getByText(/The rule would have fired/).waitFor(waitLonger);
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  // A changed setting hides the old result.
  await page.getByRole('combobox', { name: /^Sensitivity/ }).selectOption('low');
  await expect.poll(() => page.getByText(/The rule would have fired/).count()).toBe(0);
  expect(await page.locator('.history canvas').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

/** The horizontal extent of a chart's anomaly shading, from 0 to 1; null if there is none. A string, because it runs in the page. */
const tinted = (page: Page): Promise<[number, number] | null> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('.chart.volume canvas');
    const pixels = canvas.getContext('2d').getImageData(0, 30, canvas.width, 1).data;
    const isTinted = (x) => pixels[4 * x + 3] > 5 && pixels[4 * x] - pixels[4 * x + 2] > 40;
    const columns = Array.from({ length: canvas.width }, (_, x) => x).filter(isTinted);
    return columns.length > 0 ? [columns[0] / canvas.width, columns.at(-1) / canvas.width] : null;
  })()`);

test('one card per incident comes first, quotes a post, and opens its page: charts around it, who was notified, posts', async () => {
  const { page, errors } = await suite.open('/');
  const card = page.locator('.incident', { hasText: 'Ongoing' });
  await card.waitFor();
  // The other one is of a brand whose name is markup.
  expect(await page.locator('.incident h2 a').allTextContents()).toEqual(['Kestrel', hostile]);
  expect(await card.locator('.incident-value').textContent()).toBe('−41 net sentiment (expected +12)');
  await expect.poll(() => card.locator('blockquote').count(), waitLonger).toBe(1);
  const [incidentTop, tilesTop] = [await card.boundingBox(), await page.locator('.stat-cards').boundingBox()];
  expect(incidentTop?.y).toBeLessThan(tilesTop?.y ?? 0);
  await card.getByRole('link', { name: 'View incident' }).click();
  await expect.poll(() => pageQuery(page).get('view')).toBe('incident');
  expect(Date.parse(pageQuery(page).get('from') ?? '')).toBeLessThan(now - 3 * hour);
  await expect.poll(() => page.locator('.history canvas').count(), waitLonger).toBe(2);
  await expect.poll(() => tinted(page), waitLonger).not.toBeNull();
  // It is ongoing: the chart ends now, not in the future.
  const ends = Date.parse(pageQuery(page).get('to') ?? '');
  expect(ends).toBeGreaterThan(now - minute);
  expect(ends).toBeLessThanOrEqual(Date.now());
  const [left = 0] = (await tinted(page)) ?? [];
  expect(left).toBeGreaterThan(0.5);
  // Acknowledged if the first test has run.
  expect(await page.locator('.notifications li').textContent()).toMatch(/sentiment · warning · no channels configured( · acknowledged)?$/);
  // Two posts with nearly the same text.
  await expect.poll(() => page.locator('.cards .post').count(), waitLonger).toBe(1);
  await page.getByRole('button', { name: 'Show 1 similar post' }).waitFor();
  expect(new Set(await page.locator('.cards .post .tag').allTextContents())).toEqual(new Set(['▼ negative']));
  await page.goBack();
  await card.waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('health shows dead letters with their reasons, and a dry run of the replay', async () => {
  const { page, errors } = await suite.open('/?view=health');
  const panel = page.locator('.panel', { has: page.getByRole('heading', { name: 'Dead letters' }) });
  await expect.poll(() => panel.locator('.hint').textContent(), waitLonger).toBe('2 (0 replayed)');
  await panel.getByRole('button', { name: 'Dry run' }).click();
  await panel.getByText('0 would be replayed.').waitFor(waitLonger);
  await panel.getByText('Latest dead letters: 2').click();
  expect(await panel.locator('.dead-letters tbody tr').count()).toBe(2);
  const saved = (await download(page, 'Save the latest dead letters as CSV')).bytes.toString();
  expect(saved.trim().split('\r\n').length).toBe(3);
  await expect.poll(() => page.locator('.component-states .good').count()).toBeGreaterThan(1);
  const { bytes } = await download(page, 'Save the health of the pipeline as CSV');
  expect(bytes.toString()).toMatch(/^\ufeffmetric,value\r\n/);
  expect(errors).toEqual([]);
  await page.context().close();
});
