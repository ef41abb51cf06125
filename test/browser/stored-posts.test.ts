import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertTransition } from '../../src/domain/alert.ts';
import { launchChromium } from '../support/chromium.ts';
import type { RunningFeedpulse } from '../support/feedpulse.ts';
import { openPage, openView, queryOf, savedBy, tileValue } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startOver } from '../support/stored-history.ts';

const hostile = '<img src=x onerror=alert(1)> \u202eKestrel';
const minute = 60_000;
const hour = 60 * minute;
const now = Date.now();
/** Figures follow a correction within seconds; the page asks every three. */
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

/** Forty positive posts of the last hours, of which every fourth is negative; one is hostile, one a formula. */
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
  running = await startOver(folder, {
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

test('posts are filtered, searched and sorted; what strangers wrote stays text', async () => {
  const { page, complaints } = await open('/?view=posts&brand=Kestrel');
  await expect.poll(() => shown(page).count()).toBe(30);
  await page.getByRole('button', { name: 'More posts' }).click();
  await expect.poll(() => shown(page).count()).toBe(40);
  expect(await page.locator('.cards img').count()).toBe(0);
  await page.getByRole('searchbox', { name: 'Words that the posts have' }).fill('onerror kettle');
  await expect.poll(() => page.locator('.cards .post-text').allTextContents(), patient).toEqual([`${hostile} kettle`]);
  expect(await page.locator('.cards mark').allTextContents()).toContain('onerror');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('.filters label[title=negative] input').check();
  await expect.poll(() => shown(page).count()).toBe(10);
  await page.getByLabel('Order').selectOption('engagement');
  await expect.poll(() => shown(page).first().locator('.post-text').textContent()).toContain('number 36');
  expect(queryOf(page).get('sort')).toBe('engagement');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a corrected post changes the tile, and undoing it changes it back', async () => {
  const { page, complaints } = await open('/?brand=Kestrel');
  await expect.poll(() => tileValue(page, '▼ Negative'), patient).toBe('25%');
  await page.getByRole('link', { name: 'Posts' }).click();
  await shown(page).filter({ hasText: 'number 8 leaks' }).getByRole('button', { name: 'neutral' }).click();
  await page.getByRole('status').filter({ hasText: 'One post corrected' }).waitFor();
  await expect
    .poll(() => shown(page).filter({ hasText: 'number 8 leaks' }).locator('.corrected').textContent(), patient)
    .toMatch(/corrected.*the model says negative/);
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  const other = await open('/?brand=Kestrel');
  await expect.poll(() => tileValue(other.page, '▼ Negative'), patient).toBe('23%');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => tileValue(other.page, '▼ Negative'), patient).toBe('25%');
  for (const number of [4, 12])
    await shown(page)
      .filter({ hasText: `number ${number} leaks` })
      .getByLabel('Choose this post')
      .check();
  await page.locator('.toast').getByRole('button', { name: 'positive' }).click();
  await expect.poll(() => tileValue(other.page, '▼ Negative'), patient).toBe('20%');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => tileValue(other.page, '▼ Negative'), patient).toBe('25%');
  expect([...complaints, ...other.complaints]).toEqual([]);
  await page.context().close();
  await other.page.context().close();
});

test('corrections leave the list and the place in it as they are, and run one at a time', async () => {
  const { page, complaints } = await open('/?view=posts&brand=Kestrel');
  await page.getByRole('button', { name: 'More posts' }).click();
  await expect.poll(() => shown(page).count()).toBe(40);
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('/api/v1/posts?') && asked.push(request.url()));
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/v1/corrections', async (route) => held.then(() => route.continue()));
  const [last, other] = ['number 36 leaks', 'number 32 leaks'].map((hasText) => shown(page).filter({ hasText }));
  await other?.getByLabel('Choose this post').check();
  await last?.getByRole('button', { name: 'neutral' }).click();
  await page.getByText('Correcting…').waitFor();
  expect(await other?.getByRole('button', { name: 'neutral' }).isDisabled()).toBe(true);
  answer();
  await last?.locator('.corrected').waitFor();
  expect(await last?.locator('.tag').textContent()).toContain('neutral');
  expect([await shown(page).count(), asked]).toEqual([40, []]);
  expect(await other?.getByLabel('Choose this post').isChecked()).toBe(true);
  await page.locator('.filters label[title=negative] input').check();
  await expect.poll(() => shown(page).count()).toBe(9);
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await page.getByText('One post as the model has it').waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('all posts of a slice are saved, and none is a formula', async () => {
  const { page } = await open('/?view=posts&brand=Kestrel&label=negative');
  await expect.poll(() => shown(page).count()).toBe(10);
  const { name, bytes } = await savedBy(page, 'Save these posts as CSV');
  expect(name).toBe('feedpulse-posts-Kestrel-24h.csv');
  const lines = bytes.toString().trim().split('\r\n');
  expect(lines.length).toBe(11);
  const [formula] = lines.filter((line) => line.includes('HYPERLINK'));
  expect(formula).toContain(`"'=HYPERLINK(""https://example.com"";""The kettle number 20 leaks"");'=1+1"`);
  await page.context().close();
});

test('a file is named for the stretch of time that it is about, and says when it has not all posts', async () => {
  const [from, to] = [now - 2 * hour, now + hour].map((at) => new Date(Math.floor(at / hour) * hour).toISOString());
  const { page } = await open(`/?${new URLSearchParams({ view: 'posts', zone: 'UTC', from: from ?? '', to: to ?? '' })}`);
  await shown(page).first().waitFor();
  const nameOf = (end = '') => end.slice(0, 16).replace('T00:00', '').replace(':', '-');
  expect((await savedBy(page, 'Save these posts as CSV')).name).toBe(`feedpulse-posts-all-${nameOf(from)}-to-${nameOf(to)}.csv`);
  await page.route('**/api/v1/posts?*limit=1000*', (route) => {
    const posts = Array.from({ length: 1_000 }, (_, index) => scoredPost({ id: `${index}` }));
    return route.fulfill({ json: { brand: '*', posts, next: 'more' } });
  });
  const { bytes } = await savedBy(page, 'Save these posts as CSV');
  expect(bytes.toString().trim().split('\r\n').length).toBe(10_001);
  await page.getByText('The file has the first 10,000 posts, in the order of this list. There are more.').waitFor();
  await page.context().close();
});

test('a blank after a word stays, and an address with a language that is none shows a page', async () => {
  const { page, complaints } = await open('/?view=posts&lang=en_US');
  const words = page.getByRole('searchbox', { name: 'Words that the posts have' });
  expect(await page.getByLabel('Language').inputValue()).toBe('en_US');
  await page.getByRole('button', { name: 'Clear' }).click();
  await words.pressSequentially('kettle ');
  await expect.poll(() => queryOf(page).get('text')).toBe('kettle');
  await page.waitForTimeout(100);
  await words.pressSequentially('leaks');
  await expect.poll(() => queryOf(page).get('text')).toBe('kettle leaks');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('an author leads to what else they wrote, and the filter is taken back', async () => {
  const { page, complaints } = await open('/?brand=Kestrel');
  await page.locator('.live').getByRole('button', { name: '@writer3', exact: true }).click();
  await expect.poll(() => page.locator('.cards .who').allTextContents(), patient).toEqual(['@writer3']);
  expect([queryOf(page).get('author'), queryOf(page).get('platform')]).toEqual(['writer3', 'chirper']);
  await page.getByRole('button', { name: 'by writer3' }).click();
  await expect.poll(() => shown(page).count()).toBe(30);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('by keyboard a post tells what the model gives each label; names of its brands are marked', async () => {
  const { page } = await open('/?view=live');
  const post = page.locator('.live .post', { hasText: 'onerror' });
  await post.waitFor();
  expect(await post.locator('mark').allTextContents()).toEqual(['Kestrel']);
  await post.locator('summary', { hasText: '70% sure' }).focus();
  await page.keyboard.press('Enter');
  await post.getByText('m1').waitFor();
  expect(await post.locator('.odds p span:not(.unseen)').allTextContents()).toEqual(['▲ 70% positive', '● 20% neutral', '▼ 10% negative']);
  await page.context().close();
});

test('a post that its author deletes leaves the live list, even where that stands still', async () => {
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

test('alerts are told, the one that is on first; why it fired, seen, useful, muted and unmuted', async () => {
  const { page, complaints } = await open('/?view=alerts');
  const items = page.locator('.alert-item');
  await expect.poll(() => items.count()).toBe(2);
  expect(await items.nth(0).textContent()).toMatch(/Kestrel: net sentiment fell to −41, \+12 expected.*still on · 212 posts/);
  expect(await items.nth(1).textContent()).toContain(`${hostile}: net sentiment fell`);
  expect(await page.locator('.alert-item img').count()).toBe(0);
  await items.nth(0).getByText('Why it fired').click();
  expect(await items.nth(0).locator('details').textContent()).toContain('5.2 standard deviations');
  await items.nth(0).getByRole('button', { name: 'I have seen it' }).click();
  await items.nth(0).getByText('seen by').waitFor();
  await items.nth(0).getByRole('button', { name: 'useful' }).click();
  await items.nth(0).getByText('marked as useful').waitFor();
  await items.nth(0).getByRole('button', { name: 'Mute for 2 h' }).click();
  expect((await savedBy(page, 'Save the rules as CSV')).bytes.toString()).toMatch(/^\ufeffrule,brand,state,since/);
  await page.locator('.mutes', { hasText: 'sentiment about Kestrel is muted' }).getByRole('button', { name: 'Unmute' }).click();
  await expect.poll(() => page.locator('.mutes').count(), patient).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a list that does not hold all alerts says so', async () => {
  const { page } = await openPage(browser, 'about:blank');
  await page.route('**/api/v1/alerts?*', async (route) => {
    const answer = (await (await route.fetch()).json()) as { alerts: object[] }; // as the page reads it
    const alerts = Array.from({ length: 100 }, (_, index) => ({ ...answer.alerts[0], id: String(index) }));
    await route.fulfill({ json: { ...answer, alerts } });
  });
  await page.goto(`${running.url}/?view=alerts`);
  await page.getByText('the latest 100 of this range').waitFor();
  await page.context().close();
});

test('the figures of the range are saved with their intervals', async () => {
  const { page } = await open('/?brand=Kestrel');
  const { name, bytes } = await savedBy(page, 'Save the figures as CSV');
  expect(name).toBe('feedpulse-figures-24h.csv');
  expect(bytes.toString()).toMatch(/^\ufefffigure,value,low,high,before,change,more than chance\r\nvolume,40,/);
  await page.context().close();
});

test('a rule is tried on the range, and what it would have said is drawn', async () => {
  const { page, complaints } = await open('/?view=alerts&brand=Kestrel');
  await page.getByLabel('Sensitivity').selectOption('high');
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/v1/alerts/backtest', async (route) => held.then(() => route.continue()));
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Try it' }).isDisabled()).toBe(true);
  answer();
  await page.getByText(/It would have spoken/).waitFor(patient);
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  // Another question has not been tried.
  await page.getByLabel('Sensitivity').selectOption('low');
  await expect.poll(() => page.getByText(/It would have spoken/).count()).toBe(0);
  expect(await page.locator('.history canvas').count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

/** Where a chart has the tint of alerts, from left to right, 0 to 1; null where it has none. In the page there are no types of it. */
const tinted = (page: Page): Promise<[number, number] | null> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('.chart.volume canvas');
    const pixels = canvas.getContext('2d').getImageData(0, 30, canvas.width, 1).data;
    const isTinted = (x) => pixels[4 * x + 3] > 5 && pixels[4 * x] - pixels[4 * x + 2] > 40;
    const columns = Array.from({ length: canvas.width }, (_, x) => x).filter(isTinted);
    return columns.length > 0 ? [columns[0] / canvas.width, columns.at(-1) / canvas.width] : null;
  })()`);

test('what stood out is told first, with its posts, and leads to the chart that shows from when to when', async () => {
  const { page, complaints } = await open('/');
  const card = page.locator('.unusual-card', { hasText: 'Kestrel' }).first();
  await card.waitFor();
  expect(await card.locator('.what').textContent()).toBe('Net sentiment fell to −41, +12 expected');
  await expect.poll(() => card.locator('.post').count(), patient).toBe(2);
  expect(new Set(await card.locator('.post .tag').allTextContents())).toEqual(new Set(['▼ negative']));
  await card.getByRole('button', { name: 'See it on the chart' }).click();
  await expect.poll(() => queryOf(page).get('brand')).toBe('Kestrel');
  expect(Date.parse(queryOf(page).get('from') ?? '')).toBeLessThan(now - 3 * hour);
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  await expect.poll(() => tinted(page), patient).not.toBeNull();
  // It is still on: the chart goes up to now, not into the future.
  const ends = Date.parse(queryOf(page).get('to') ?? '');
  expect(ends).toBeGreaterThan(now);
  expect(ends).toBeLessThanOrEqual(Date.now());
  const [left = 0] = (await tinted(page)) ?? [];
  expect(left).toBeGreaterThan(0.5);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('health tells dead letters with their reasons, and what would go back', async () => {
  const { page, complaints } = await open('/?view=health');
  const letters = page.locator('.panel', { has: page.getByRole('heading', { name: 'Dead letters' }) });
  await expect.poll(() => letters.locator('.hint').textContent(), patient).toBe('2, of which 0 were put back');
  await letters.getByRole('button', { name: 'What would go back?' }).click();
  await letters.getByText('0 would go back.').waitFor(patient);
  await letters.getByText('The latest 2').click();
  expect(await letters.locator('.letters tbody tr').count()).toBe(2);
  const saved = (await savedBy(page, 'Save the latest dead letters as CSV')).bytes.toString();
  expect(saved.trim().split('\r\n').length).toBe(3);
  await expect.poll(() => page.locator('.part-states .good').count()).toBeGreaterThan(1);
  const { bytes } = await savedBy(page, 'Save the health of the pipeline as CSV');
  expect(bytes.toString()).toMatch(/^\ufefffigure,value\r\n/);
  expect(complaints).toEqual([]);
  await page.context().close();
});
