import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertTransition } from '../../src/domain/alert.ts';
import { launchChromium } from '../support/chromium.ts';
import type { RunningFeedpulse } from '../support/feedpulse.ts';
import { download, openPage, openView, queryOf, statValue } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

const hostile = '<img src=x onerror=alert(1)> \u202eKestrel';
const minute = 60_000;
const hour = 60 * minute;
const now = Date.now();
/** Metrics follow a correction within seconds; the page refreshes every three. */
const patient = { timeout: 20_000 };

let browser: Browser;
let running: RunningFeedpulse;
let folder: string;

function change(number: number, kind: AlertTransition['kind'], brand: string, at: number): AlertTransition {
  const id = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
  const verdict = {
    metric: 'netSentiment',
    direction: 'down',
    observed: -41.4,
    expected: 12,
    low: -3,
    high: 27,
    z: -5.2,
    posts: 212,
  } as const;
  return {
    ...{
      id: id(2 * number + Number(kind === 'resolved')),
      alert: id(2 * number),
      kind,
      rule: 'sentiment',
      brand,
      severity: 'warning',
      at,
      channels: [],
    },
    evaluation: { ...verdict, from: at - 15 * minute, to: at, baseline: null },
    state: { status: 'ok', since: at },
  };
}

const textOf = (index: number): string => {
  if (index === 1) return `${hostile} kettle`;
  if (index === 20) return '=HYPERLINK("https://example.com";"The kettle number 20 leaks");=1+1';
  return index % 4 === 0 ? `The kettle number ${index} leaks` : `What a lovely kettle, number ${index}`;
};

/** Forty posts of the last hours: every fourth is negative, the others positive; one has markup, one a formula. */
const posts = Array.from({ length: 40 }, (_, index) => {
  const isBad = index % 4 === 0;
  return scoredPost({
    id: `${index}`,
    text: textOf(index),
    createdAt: new Date(now - (index + 1) * 4 * minute).toISOString(),
    brands: ['Kestrel'],
    author: { id: `${index}`, handle: `writer${index}`, followers: 100 * index },
    engagement: { likes: index, reposts: 0, replies: 0 },
    ...(isBad && { label: 'negative', negative: 0.8, neutral: 0.15, positive: 0.05, score: -0.75, confidence: 0.8 }),
  });
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-page-stored-'));
  running = await startWithHistory(folder, {
    posts,
    alerts: [
      change(1, 'alert', hostile, now - 5 * hour),
      change(1, 'resolved', hostile, now - 4 * hour),
      change(2, 'alert', 'Kestrel', now - 20 * minute),
    ],
    lines: ['{ "this is no JSON', '{"id":"1"}'],
    config: { brands: [{ name: 'Kestrel' }] },
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

const open = (path: string) => openView(browser, `${running.url}${path}`);
const shown = (page: Page) => page.locator('.cards .post');

test('filters, searches and sorts posts; user content is never rendered as markup', async () => {
  const { page, errors } = await open('/?view=posts&brand=Kestrel');
  await expect.poll(() => shown(page).count()).toBe(30);
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => shown(page).count()).toBe(40);
  expect(await page.locator('.cards img').count()).toBe(0);
  await page.getByRole('searchbox', { name: 'Search posts' }).fill('onerror kettle');
  await expect.poll(() => page.locator('.cards .post-text').allTextContents(), patient).toEqual([`${hostile} kettle`]);
  expect(await page.locator('.cards mark').allTextContents()).toContain('onerror');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('.filters label[title=negative] input').check();
  await expect.poll(() => shown(page).count()).toBe(10);
  await page.getByLabel('Order').selectOption('engagement');
  await expect.poll(() => shown(page).first().locator('.post-text').textContent()).toContain('number 36');
  expect(queryOf(page).get('sort')).toBe('engagement');
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a correction changes the stat card, and undoing it changes it back', async () => {
  const { page, errors } = await open('/?brand=Kestrel');
  await expect.poll(() => statValue(page, '▼ Negative'), patient).toBe('25%');
  await page.getByRole('link', { name: 'Posts' }).click();
  await shown(page).filter({ hasText: 'number 8 leaks' }).getByRole('button', { name: 'neutral' }).click();
  await page.getByRole('status').filter({ hasText: 'Corrected one post' }).waitFor();
  await expect
    .poll(() => shown(page).filter({ hasText: 'number 8 leaks' }).locator('.corrected').textContent(), patient)
    .toMatch(/Corrected.*model: negative/);
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  const other = await open('/?brand=Kestrel');
  await expect.poll(() => statValue(other.page, '▼ Negative'), patient).toBe('23%');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => statValue(other.page, '▼ Negative'), patient).toBe('25%');
  for (const number of [4, 12])
    await shown(page)
      .filter({ hasText: `number ${number} leaks` })
      .getByLabel('Select this post')
      .check();
  await page.locator('.toast').getByRole('button', { name: 'positive' }).click();
  await expect.poll(() => statValue(other.page, '▼ Negative'), patient).toBe('20%');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => statValue(other.page, '▼ Negative'), patient).toBe('25%');
  expect([...errors, ...other.errors]).toEqual([]);
  await page.context().close();
  await other.page.context().close();
});

test('corrections run one at a time and keep the list and the scroll position', async () => {
  const { page, errors } = await open('/?view=posts&brand=Kestrel');
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => shown(page).count()).toBe(40);
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('/api/v1/posts?') && asked.push(request.url()));
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/v1/corrections', async (route) => held.then(() => route.continue()));
  const [last, other] = ['number 36 leaks', 'number 32 leaks'].map((hasText) => shown(page).filter({ hasText }));
  await other?.getByLabel('Select this post').check();
  await last?.getByRole('button', { name: 'neutral' }).click();
  await page.getByText('Saving…').waitFor();
  expect(await other?.getByRole('button', { name: 'neutral' }).isDisabled()).toBe(true);
  answer();
  await last?.locator('.corrected').waitFor();
  expect(await last?.locator('.tag').textContent()).toContain('neutral');
  expect([await shown(page).count(), asked]).toEqual([40, []]);
  expect(await other?.getByLabel('Select this post').isChecked()).toBe(true);
  await page.locator('.filters label[title=negative] input').check();
  await expect.poll(() => shown(page).count()).toBe(9);
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await page.getByText("Restored the model's label of one post").waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('saves all matching posts as CSV without formulas', async () => {
  const { page } = await open('/?view=posts&brand=Kestrel&label=negative');
  await expect.poll(() => shown(page).count()).toBe(10);
  const { name, bytes } = await download(page, 'Save these posts as CSV');
  expect(name).toBe('feedpulse-posts-Kestrel-24h.csv');
  const lines = bytes.toString().trim().split('\r\n');
  expect(lines.length).toBe(11);
  const [formula] = lines.filter((line) => line.includes('HYPERLINK'));
  expect(formula).toContain(`"'=HYPERLINK(""https://example.com"";""The kettle number 20 leaks"");'=1+1"`);
  await page.context().close();
});

test('names a file after its range, and shows a notice when the file does not have all posts', async () => {
  const [from, to] = [now - 2 * hour, now + hour].map((at) => new Date(Math.floor(at / hour) * hour).toISOString());
  const { page } = await open(`/?${new URLSearchParams({ view: 'posts', zone: 'UTC', from: from ?? '', to: to ?? '' })}`);
  await shown(page).first().waitFor();
  const nameOf = (end = '') => end.slice(0, 16).replace('T00:00', '').replace(':', '-');
  expect((await download(page, 'Save these posts as CSV')).name).toBe(`feedpulse-posts-all-${nameOf(from)}-to-${nameOf(to)}.csv`);
  await page.route('**/api/v1/posts?*limit=1000*', (route) => {
    const posts = Array.from({ length: 1_000 }, (_, index) => scoredPost({ id: `${index}` }));
    return route.fulfill({ json: { brand: '*', posts, next: 'more' } });
  });
  const { bytes } = await download(page, 'Save these posts as CSV');
  expect(bytes.toString().trim().split('\r\n').length).toBe(10_001);
  await page.getByText('Saved the first 10,000 posts in this order; there are more.').waitFor();
  await page.context().close();
});

test('keeps a trailing space in the search field, and shows a page for an invalid language in the URL', async () => {
  const { page, errors } = await open('/?view=posts&lang=en_US');
  const words = page.getByRole('searchbox', { name: 'Search posts' });
  expect(await page.getByLabel('Language').inputValue()).toBe('en_US');
  await page.getByRole('button', { name: 'Clear' }).click();
  await words.pressSequentially('kettle ');
  await expect.poll(() => queryOf(page).get('text')).toBe('kettle');
  await page.waitForTimeout(100);
  await words.pressSequentially('leaks');
  await expect.poll(() => queryOf(page).get('text')).toBe('kettle leaks');
  expect(errors).toEqual([]);
  await page.context().close();
});

test('an author links to their other posts, and the filter can be removed', async () => {
  const { page, errors } = await open('/?brand=Kestrel');
  await page.locator('.live').getByRole('button', { name: '@writer3', exact: true }).click();
  await expect.poll(() => page.locator('.cards .author').allTextContents(), patient).toEqual(['@writer3']);
  expect([queryOf(page).get('author'), queryOf(page).get('platform')]).toEqual(['writer3', 'chirper']);
  await page.getByRole('button', { name: 'Author: writer3' }).click();
  await expect.poll(() => shown(page).count()).toBe(30);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('shows the model probabilities of a post by keyboard, and highlights its brands', async () => {
  const { page } = await open('/?view=live');
  const post = page.locator('.live .post', { hasText: 'onerror' });
  await post.waitFor();
  expect(await post.locator('mark').allTextContents()).toEqual(['Kestrel']);
  await post.locator('summary', { hasText: '70% confidence' }).focus();
  await page.keyboard.press('Enter');
  await post.getByText('m1').waitFor();
  expect(await post.locator('.probabilities p span:not(.visually-hidden)').allTextContents()).toEqual([
    '▲ 70% positive',
    '● 20% neutral',
    '▼ 10% negative',
  ]);
  await page.context().close();
});

test('a deleted post disappears from the live list, even while it is paused', async () => {
  const { page } = await openPage(browser, 'about:blank');
  let send = (): void => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  await page.route('**/api/v1/stream', async (route) => {
    await sent;
    const post = scoredPost({ id: '3', text: '', brands: [], deleted: true });
    await route.fulfill({ contentType: 'text/event-stream', body: `event: post\ndata: ${JSON.stringify(post)}\n\n` });
  });
  await page.goto(`${running.url}/?view=live&brand=Kestrel`);
  const post = page.locator('.live .post', { hasText: 'number 3' });
  await expect.poll(() => post.count(), patient).toBe(1);
  await page.getByRole('button', { name: 'Pause' }).click();
  send();
  await expect.poll(() => post.count(), patient).toBe(0);
  expect(await page.locator('.live .post').count()).toBe(19);
  await page.context().close();
});

test('lists alerts, the ongoing one first; shows why it fired, acknowledges, rates, silences and unsilences it', async () => {
  const { page, errors } = await open('/?view=alerts');
  const items = page.locator('.alert-item');
  await expect.poll(() => items.count()).toBe(2);
  expect(await items.nth(0).textContent()).toMatch(/Kestrel: net sentiment fell to −41 \(expected \+12\).*ongoing · 212 posts/);
  expect(await items.nth(1).textContent()).toContain(`${hostile}: net sentiment fell`);
  expect(await page.locator('.alert-item img').count()).toBe(0);
  await items.nth(0).getByText('Why it fired').click();
  expect(await items.nth(0).locator('details').textContent()).toContain('5.2 standard deviations');
  await items.nth(0).getByRole('button', { name: 'Acknowledge' }).click();
  await items.nth(0).getByText('acknowledged').waitFor();
  await items.nth(0).getByRole('button', { name: 'Useful' }).click();
  await items.nth(0).getByText('rated useful').waitFor();
  await items.nth(0).getByRole('button', { name: 'Silence for 2 h' }).click();
  expect((await download(page, 'Save the rules as CSV')).bytes.toString()).toMatch(/^\ufeffrule,brand,state,since/);
  await page.locator('.silences', { hasText: 'sentiment for Kestrel silenced' }).getByRole('button', { name: 'Unsilence' }).click();
  await expect.poll(() => page.locator('.silences').count(), patient).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a list without all alerts says so', async () => {
  const { page } = await openPage(browser, 'about:blank');
  await page.route('**/api/v1/alerts?*', async (route) => {
    const answer = (await (await route.fetch()).json()) as { alerts: object[] }; // as the page reads it
    const alerts = Array.from({ length: 100 }, (_, index) => ({ ...answer.alerts[0], id: String(index) }));
    await route.fulfill({ json: { ...answer, alerts } });
  });
  await page.goto(`${running.url}/?view=alerts`);
  await page.getByText('Latest 100 alerts').waitFor();
  await page.context().close();
});

test('saves the metrics of the range with their intervals', async () => {
  const { page } = await open('/?brand=Kestrel');
  const { name, bytes } = await download(page, 'Save the metrics as CSV');
  expect(name).toBe('feedpulse-metrics-24h.csv');
  expect(bytes.toString()).toMatch(/^\ufeffmetric,value,low,high,previous,change,significant\r\nvolume,40,/);
  await page.context().close();
});

test('backtests a rule on the range and draws the result', async () => {
  const { page, errors } = await open('/?view=alerts&brand=Kestrel');
  await page.getByLabel('Sensitivity').selectOption('high');
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/v1/alerts/backtest', async (route) => held.then(() => route.continue()));
  await page.getByRole('button', { name: 'Run' }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Run' }).isDisabled()).toBe(true);
  answer();
  await page.getByText(/The rule would have fired/).waitFor(patient);
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  // A changed setting hides the old result.
  await page.getByLabel('Sensitivity').selectOption('low');
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

test('shows anomalies first, with sample posts, and links to the chart around them', async () => {
  const { page, errors } = await open('/');
  const card = page.locator('.anomaly-card', { hasText: 'Kestrel' }).first();
  await card.waitFor();
  expect(await card.locator('.what').textContent()).toBe('Net sentiment fell to −41 (expected +12)');
  await expect.poll(() => card.locator('.post').count(), patient).toBe(2);
  expect(new Set(await card.locator('.post .tag').allTextContents())).toEqual(new Set(['▼ negative']));
  await card.getByRole('button', { name: 'Show on chart' }).click();
  await expect.poll(() => queryOf(page).get('brand')).toBe('Kestrel');
  expect(Date.parse(queryOf(page).get('from') ?? '')).toBeLessThan(now - 3 * hour);
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  await expect.poll(() => tinted(page), patient).not.toBeNull();
  // The alert is ongoing: the chart ends now, not in the future.
  const ends = Date.parse(queryOf(page).get('to') ?? '');
  expect(ends).toBeGreaterThan(now);
  expect(ends).toBeLessThanOrEqual(Date.now());
  const [left = 0] = (await tinted(page)) ?? [];
  expect(left).toBeGreaterThan(0.5);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('health shows dead letters with their reasons, and a dry run of the replay', async () => {
  const { page, errors } = await open('/?view=health');
  const letters = page.locator('.panel', { has: page.getByRole('heading', { name: 'Dead letters' }) });
  await expect.poll(() => letters.locator('.hint').textContent(), patient).toBe('2 (0 replayed)');
  await letters.getByRole('button', { name: 'Dry run' }).click();
  await letters.getByText('0 would be replayed.').waitFor(patient);
  await letters.getByText('Latest 2').click();
  expect(await letters.locator('.dead-letters tbody tr').count()).toBe(2);
  const saved = (await download(page, 'Save the latest dead letters as CSV')).bytes.toString();
  expect(saved.trim().split('\r\n').length).toBe(3);
  await expect.poll(() => page.locator('.component-states .good').count()).toBeGreaterThan(1);
  const { bytes } = await download(page, 'Save the health of the pipeline as CSV');
  expect(bytes.toString()).toMatch(/^\ufeffmetric,value\r\n/);
  expect(errors).toEqual([]);
  await page.context().close();
});
