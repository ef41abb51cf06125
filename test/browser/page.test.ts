import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoBrands } from '../../src/ingest/demo/demo-brands.ts';
import { brightness, launchChromium } from '../support/chromium.ts';
import { type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';

const [first = '', second = ''] = demoBrands.map(({ name }) => name);

let browser: Browser;
let running: RunningFeedpulse;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-page-'));
  running = await startFeedpulse(['--source', 'demo', '--data', join(folder, 'data')]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Opens the page and hands over what it complains about. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${running.url}${path}`);
  await page.locator('body.loaded').waitFor();
  return { page, complaints };
}

test('live posts, figures and charts appear, without a complaint', async () => {
  const { page, complaints } = await open('/');
  await page.locator('.post').first().waitFor();
  await expect.poll(() => page.locator('.post').count()).toBeGreaterThan(5);
  expect(await page.locator('.post .tag').first().textContent()).toMatch(/positive|neutral|negative|unscored/);
  const posts = async () => Number((await page.locator('.card .value').nth(1).textContent())?.replace(',', ''));
  await expect.poll(posts, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await page.locator('.chart canvas').count()).toBe(2);
  expect(await page.locator('#connection').textContent()).toMatch(/posts\/s/);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a brand and a range are chosen by keyboard or mouse, and stand in the address', async () => {
  const { page } = await open('/');
  await page.selectOption('#brand', first);
  await expect.poll(() => new URL(page.url()).searchParams.get('brand')).toBe(first);
  await page.getByRole('radio', { name: '1h' }).check();
  await expect.poll(() => new URL(page.url()).search).toBe(`?brand=${first}&range=1h`);
  await expect.poll(() => page.title()).toContain(first);
  await page.reload();
  await page.locator('body.loaded').waitFor();
  expect(await page.inputValue('#brand')).toBe(first);
  await page.locator('#brand-rows').getByRole('button', { name: second }).click();
  await expect.poll(() => page.inputValue('#brand')).toBe(second);
  await page.goBack();
  await expect.poll(() => page.inputValue('#brand')).toBe(first);
  await page.context().close();
});

test('a link to a stretch of the past shows that one, until another range is chosen', async () => {
  const now = Date.now();
  const [from, to] = [now - 7_200_000, now - 3_600_000].map((time) => new Date(time).toISOString().slice(0, 19).concat('Z'));
  const { page, complaints } = await open(`/?${new URLSearchParams({ brand: first, from: from ?? '', to: to ?? '' })}`);
  await expect.poll(() => page.locator('#stretch').textContent()).toMatch(/\d\d:\d\d/);
  expect(await page.locator('#ranges input:checked').count()).toBe(0);
  const asked = page.waitForRequest((request) => request.url().includes('/api/v1/trends'));
  expect(Date.parse(new URL((await asked).url()).searchParams.get('to') ?? '')).toBe(Date.parse(to ?? ''));
  await page.locator('#brand-rows').getByRole('button', { name: second }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('from')).not.toBeNull();
  await page.getByRole('radio', { name: '1h' }).check();
  await expect.poll(() => new URL(page.url()).search).toBe(`?brand=${second}&range=1h`);
  await expect.poll(() => page.locator('#stretch').isHidden()).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a brand that is no longer there leads to all posts', async () => {
  const { page } = await open('/?brand=Nobody&range=6h');
  expect(await page.inputValue('#brand')).toBe('*');
  expect(new URL(page.url()).search).toBe('?range=6h');
  await page.context().close();
});

test('arrow keys move through a chart; what has the focus keeps it while figures change', async () => {
  const { page } = await open('/');
  const chart = page.getByRole('slider', { name: 'Posts over time, by label' });
  await chart.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => chart.getAttribute('aria-valuenow')).toBe('0');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => chart.getAttribute('aria-valuenow')).toBe('1');
  expect(await chart.getAttribute('aria-valuetext')).toBe(await page.locator('#volume-readout').textContent());
  await page.locator('#brand-rows').getByRole('button', { name: second }).focus();
  await page.waitForResponse(/api\/v1\/trends/);
  await page.waitForResponse(/api\/v1\/trends/);
  expect(await page.evaluate('document.activeElement.textContent')).toBe(second);
  await page.context().close();
});

test('the text of a post never becomes markup', async () => {
  const { page } = await open('/');
  const hostile = '<img src=x onerror="window.stolen=1"><script>window.stolen=1</script> &amp; \u202e text';
  await page.route('**/api/v1/stream', (route) => {
    const post = {
      platform: 'x',
      id: '1',
      text: hostile,
      createdAt: new Date(Date.now() + 60_000).toISOString(),
      brands: [],
      label: 'neutral',
      negative: 0,
      neutral: 1,
      positive: 0,
      confidence: 1,
      lang: 'en',
      url: 'javascript:window.stolen=1',
    };
    return route.fulfill({ contentType: 'text/event-stream', body: `event: post\ndata: ${JSON.stringify(post)}\n\n` });
  });
  await page.reload();
  await expect.poll(() => page.locator('.post-text').first().textContent()).toBe(hostile);
  expect(await page.evaluate('window.stolen')).toBeUndefined();
  expect(await page.locator('.post img, .post script').count()).toBe(0);
  expect(await page.locator('.post').first().locator('a').count()).toBe(0);
  await page.context().close();
});

test('words that drive the mood are told, and the posts that moved most; both are of the chosen range', async () => {
  const { page, complaints } = await open(`/?brand=${first}&range=1h`);
  const driver = page.locator('.driver').first();
  await driver.waitFor();
  await driver.click();
  expect(await page.locator('.driver[aria-expanded="true"]').count()).toBe(1);
  await expect.poll(() => page.locator('.drivers blockquote').count()).toBeGreaterThan(0);
  await page.locator('.driver[aria-expanded="true"]').click();
  expect(await page.locator('.drivers blockquote').count()).toBe(0);

  await page.getByRole('button', { name: 'Worst' }).click();
  await expect.poll(() => page.locator('#engaging .post').count()).toBeGreaterThan(0);
  const labels = await page.locator('#engaging .post .tag').allTextContents();
  expect(new Set(labels)).toEqual(new Set(['▼ negative']));
  expect(await page.locator('#posts').isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Live' }).click();
  expect(await page.locator('#posts').isVisible()).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('posts can be paused', async () => {
  const { page } = await open('/');
  await page.locator('.post').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(400);
  const before = await page.locator('#posts').textContent();
  await page.waitForTimeout(1_500);
  expect(await page.locator('#posts').textContent()).toBe(before);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => page.locator('#posts').textContent(), { timeout: 10_000 }).not.toBe(before);
  await page.context().close();
});

test.each(['light', 'dark'] as const)('a phone shows everything without scrolling sideways, %s', async (colorScheme) => {
  const { page, complaints } = await open('/', { viewport: { width: 390, height: 844 }, colorScheme });
  await page.locator('.post').first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  const [ground, text] = await page.evaluate<[string, string]>(
    '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
  );
  expect(brightness(ground) > brightness(text)).toBe(colorScheme === 'light');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('every control has a name, and the page one heading on top', async () => {
  const { page } = await open('/');
  expect(await page.locator('h1').count()).toBe(1);
  const nameless = await page.evaluate(`[...document.querySelectorAll('button, a, select, input, [role=slider]')].filter(
    (control) => ![control.getAttribute('aria-label'), control.textContent, ...Array.from(control.labels ?? [], (label) => label.textContent)]
      .some((name) => name?.trim()),
  ).map((control) => control.outerHTML)`);
  expect(nameless).toEqual([]);
  await page.context().close();
});

test('files with a hash in their name are kept by the browser', async () => {
  const html = await (await fetch(running.url)).text();
  const assets = [...html.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(assets.length).toBeGreaterThan(1);
  for (const path of assets) {
    const { status, headers } = await fetch(`${running.url}${path}`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  }
});

test('the page says that the program is gone, and goes on when it is back', async () => {
  const { page } = await open('/');
  await page.locator('#connection[data-state=good]').waitFor();
  await running.stop();
  await page.locator('#connection[data-state=bad]', { hasText: 'connection lost' }).waitFor();
  await page.locator('#notice', { hasText: 'feedpulse does not answer' }).waitFor();
  running = await startFeedpulse(['--source', 'demo', '--data', join(folder, 'data'), '--port', new URL(running.url).port]);
  await page.locator('#connection[data-state=good]').waitFor();
  await expect.poll(() => page.locator('#notice').textContent(), { timeout: 15_000 }).not.toContain('does not answer');
  await page.context().close();
});
