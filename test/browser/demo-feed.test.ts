import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoBrands } from '../../src/ingest/sources/demo/demo-brands.ts';
import { launchChromium } from '../support/chromium.ts';
import { type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { download, openPage, openView, queryOf, statValue } from '../support/open-page.ts';

const [first = '', second = ''] = demoBrands.map(({ name }) => name);

/** Two cores do all at once: the feed, the model, the database and the browser. */
const patient = { timeout: 20_000 };

let browser: Browser;
let running: RunningFeedpulse;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-page-'));
  running = await startFeedpulse(['--source', 'demo', '--data-dir', join(folder, 'data')]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

const open = (path: string) => openView(browser, `${running.url}${path}`);
const picker = (page: Page) => page.locator('.brand-picker > summary');

async function chooseBrand(page: Page, brand: string): Promise<void> {
  await picker(page).click();
  await page.locator('.brand-picker').getByRole('button', { name: brand }).click();
}

test('live posts, figures and charts appear, without a complaint', async () => {
  const { page, errors } = await open('/');
  // The feed has only just begun.
  await expect.poll(() => page.locator('.live .post').count(), { timeout: 15_000 }).toBeGreaterThan(5);
  expect(await page.locator('.live .post .tag').first().textContent()).toMatch(/positive|neutral|negative|unscored/);
  await expect.poll(async () => Number((await statValue(page, 'Posts'))?.replace(/\D/g, '')), { timeout: 15_000 }).toBeGreaterThan(0);
  expect(await statValue(page, 'Net sentiment')).toMatch(/^[+−]?\d+$/);
  expect(await page.locator('.history canvas').count()).toBe(2);
  await expect.poll(() => page.locator('.connection').textContent()).toMatch(/posts\/s/);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('brands and a range are chosen, stand in the address, and the way back leads back', async () => {
  const { page, errors } = await open('/');
  await chooseBrand(page, first);
  await expect.poll(() => queryOf(page).get('brand')).toBe(first);
  await page.getByRole('radio', { name: '1 h', exact: true }).check();
  await expect.poll(() => new URL(page.url()).search).toBe(`?brand=${first}&range=1h`);
  await expect.poll(() => page.title()).toContain(first);
  await page.reload();
  await page.locator('main.loaded').waitFor();
  expect(await picker(page).textContent()).toBe(first);
  await page.locator('.brand-table').getByRole('button', { name: second }).click();
  await expect.poll(() => picker(page).textContent()).toBe(second);
  await page.goBack();
  await expect.poll(() => picker(page).textContent()).toBe(first);
  await picker(page).click();
  await page.getByRole('checkbox', { name: `Also ${second}` }).check();
  await expect.poll(() => queryOf(page).getAll('brand')).toEqual([first, second]);
  await expect.poll(() => page.locator('.chart.lines canvas').count()).toBe(2);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a stretch of the past is chosen by its ends, in a zone of choice, until another range is', async () => {
  const { page, errors } = await open('/?zone=Asia/Kolkata');
  await page.locator('.span-picker > summary').click();
  await page.getByLabel('From', { exact: true }).fill('2026-11-01T10:00');
  await page.getByLabel('To', { exact: true }).fill('2026-11-01T09:00');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect.poll(() => page.locator('.span-form [role=alert]').textContent()).toContain('before the end');
  await page.getByLabel('To', { exact: true }).fill('2026-11-01T12:30');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect.poll(() => queryOf(page).get('from')).toBe('2026-11-01T04:30:00.000Z');
  expect(queryOf(page).get('to')).toBe('2026-11-01T07:00:00.000Z');
  await expect.poll(() => page.locator('.custom-range').textContent()).toMatch(/10:00.*12:30/);
  await page.getByRole('heading', { name: 'No posts in this range yet' }).waitFor();
  await page.getByRole('radio', { name: '1 h', exact: true }).check();
  await expect.poll(() => new URL(page.url()).search).toBe('?range=1h&zone=Asia%2FKolkata');
  await expect.poll(() => page.locator('.custom-range').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a link to a stretch asks for that one', async () => {
  const [from, to] = [2, 1].map((hours) => new Date(Math.floor(Date.now() / 1_000) * 1_000 - hours * 3_600_000).toISOString());
  const asked: URL[] = [];
  const page = await (await browser.newContext()).newPage();
  page.on('request', (request) => request.url().includes('/api/v1/trends') && asked.push(new URL(request.url())));
  await page.goto(`${running.url}/?${new URLSearchParams({ brand: first, from: from ?? '', to: to ?? '' })}`);
  await expect.poll(() => asked.some(({ searchParams }) => searchParams.get('from') === from && searchParams.get('to') === to)).toBe(true);
  expect(await page.locator('input[name=range]:checked').count()).toBe(0);
  await page.context().close();
});

test('a brand that is no longer there leads to all posts', async () => {
  const { page } = await open('/?brand=Nobody&range=6h');
  await expect.poll(() => new URL(page.url()).search).toBe('?range=6h');
  expect(await picker(page).textContent()).toBe('All posts');
  await page.context().close();
});

test('arrow keys move through a chart, Enter opens its posts, and what has the focus keeps it', async () => {
  const { page } = await open('/?range=1h');
  const chart = page.getByRole('slider', { name: 'Posts over time, by label' });
  await chart.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => chart.getAttribute('aria-valuenow')).toBe('0');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => chart.getAttribute('aria-valuenow')).toBe('1');
  await page.keyboard.press('End');
  const said = await chart.getAttribute('aria-valuetext');
  expect(said).toMatch(/posts/);
  await page.locator('.brand-table').getByRole('button', { name: second }).focus();
  await page.waitForResponse(/api\/v1\/trends/);
  await page.waitForResponse(/api\/v1\/brands/);
  expect(await page.evaluate('document.activeElement.textContent')).toBe(second);
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect.poll(() => queryOf(page).get('view')).toBe('posts');
  expect(Date.parse(queryOf(page).get('to') ?? '') - Date.parse(queryOf(page).get('from') ?? '')).toBe(60_000);
  await page.context().close();
});

test('a click on a part of a bar leads to the posts of that label and minute', async () => {
  const { page, errors } = await open('/?range=1h');
  const chart = page.getByRole('slider', { name: 'Posts over time, by label' });
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  // The bottom of the bars are the negative posts; far to the right stand the newest.
  await expect
    .poll(async () => {
      const box = await chart.boundingBox();
      if (box) await chart.click({ position: { x: box.width - 36, y: 170 - 26 - 4 } });
      return queryOf(page).get('view');
    }, patient)
    .toBe('posts');
  expect(queryOf(page).get('label')).toBe('negative');
  await expect.poll(() => page.locator('.cards .post').count()).toBeGreaterThan(0);
  expect(new Set(await page.locator('.cards .post .tag').allTextContents())).toEqual(new Set(['▼ negative']));
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a driver tells examples, and leads to its posts', async () => {
  const { page, errors } = await open(`/?brand=${first}`);
  const driver = page.locator('.driver').first();
  // The demo fills in the hours around its last crisis first; some hundred posts make a driver.
  await driver.waitFor({ timeout: 90_000 });
  const term = (await driver.locator('.term').textContent()) ?? '';
  await driver.click();
  expect(await driver.getAttribute('aria-expanded')).toBe('true');
  await expect.poll(() => page.locator('.drivers blockquote').count()).toBeGreaterThan(0);
  await page.getByRole('button', { name: /^All (negative|positive) posts with it$/ }).click();
  await expect.poll(() => queryOf(page).get('text')?.replaceAll('"', '')).toBe(term);
  await expect.poll(() => page.locator('.cards .post').count()).toBeGreaterThan(0);
  for (const text of await page.locator('.cards .post-text').allTextContents()) expect(text.toLowerCase()).toContain(term.split(' ')[0]);
  expect(errors).toEqual([]);
  await page.context().close();
}, 120_000);

test('a platform leads to its posts', async () => {
  const { page } = await open('/?range=1h');
  const platform = page.locator('.breakdown table').first().getByRole('button').first();
  await platform.waitFor();
  const name = await platform.textContent();
  await platform.click();
  await expect.poll(() => queryOf(page).get('platform')).toBe(name);
  await expect.poll(() => page.locator('.cards .post').count()).toBeGreaterThan(0);
  for (const origin of await page.locator('.cards .origin').allTextContents()) expect(origin).toContain(`on ${name}`);
  await page.context().close();
});

test('brands stand side by side, with their shares adding up to all', async () => {
  const { page, errors } = await open(`/?view=compare&range=1h&brand=${first}&brand=${second}`);
  await expect
    .poll(() => page.locator('.comparison thead th').allTextContents())
    .toEqual([expect.stringContaining('mentions'), first, second]);
  const voice = page.locator('.comparison tr', { hasText: 'Share of voice' }).locator('.figure');
  await expect
    .poll(async () => (await voice.allTextContents()).reduce((sum, text) => sum + Number.parseFloat(text.replace(',', '.')), 0))
    .toBeCloseTo(100, 0);
  await expect.poll(() => page.locator('.chart.lines canvas').count()).toBe(2);
  const { name, bytes } = await download(page, 'Save Share of voice as PNG');
  expect(name).toMatch(/\.png$/);
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  const figures = await download(page, 'Save the comparison as CSV');
  expect(
    figures.bytes
      .toString()
      .split('\r\n')
      .slice(1, 3)
      .map((line) => line.split(',')[0]),
  ).toEqual([first, second]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('lines of brands lead to the posts of one, by mouse and by keyboard', async () => {
  const { page, errors } = await open(`/?view=compare&range=1h&brand=${first}&brand=${second}`);
  const shares = page.getByRole('slider', { name: `Share of voice of ${first}, ${second} over time` });
  await expect.poll(() => page.locator('.chart.lines canvas').count(), patient).toBe(2);
  const net = page.getByRole('slider', { name: /^Net sentiment of/ });
  await net.focus();
  await page.keyboard.press('End');
  await expect.poll(() => net.getAttribute('aria-valuetext')).toContain(`${first}: `);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => net.getAttribute('aria-valuetext')).toContain(`${second}: `);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect.poll(() => queryOf(page).getAll('brand')).toEqual([second]);
  expect(Date.parse(queryOf(page).get('to') ?? '') - Date.parse(queryOf(page).get('from') ?? '')).toBe(60_000);
  await page.goBack();
  await expect.poll(() => page.locator('.chart.lines canvas').count(), patient).toBe(2);
  // The first brand lies on top.
  await expect
    .poll(async () => {
      const box = await shares.boundingBox();
      if (box) await shares.click({ position: { x: box.width - 100, y: 12 } });
      return queryOf(page).get('view');
    })
    .toBe('posts');
  expect(queryOf(page).getAll('brand')).toEqual([first]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('the axis of lines has its marks where hours begin in the zone that was chosen', async () => {
  const { page } = await openPage(browser, 'about:blank');
  await page.addInitScript(`{
    const { fillText } = CanvasRenderingContext2D.prototype;
    window.written = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      window.written.push(text);
      return fillText.call(this, text, ...rest);
    };
  }`);
  await page.goto(`${running.url}/?view=compare&range=24h&zone=UTC&brand=${first}&brand=${second}`);
  await expect.poll(() => page.locator('.chart.lines canvas').count(), patient).toBe(2);
  // Half an hour beside UTC.
  await page.getByLabel('Time zone').focus();
  await page.getByLabel('Time zone').selectOption('Australia/Adelaide');
  const hours = async () => (await page.evaluate<string[]>('window.written')).filter((text) => /^\d\d:\d\d$/.test(text));
  // What was drawn while the new answers were on their way may still be of the zone before.
  await expect.poll(() => page.locator('.stale').count(), patient).toBe(0);
  await page.waitForTimeout(1_000);
  await page.evaluate('window.written.length = 0');
  await expect.poll(async () => (await hours()).length, patient).toBeGreaterThan(0);
  for (const hour of await hours()) expect(hour).toMatch(/:00$/);
  await page.context().close();
});

test('the charts are saved as figures and as a picture', async () => {
  const { page } = await open('/?range=1h');
  await expect.poll(() => page.locator('.history canvas').count()).toBe(2);
  const csv = (await download(page, 'Save the charts as CSV')).bytes.toString();
  const [header = '', ...rows] = csv.replace('\ufeff', '').trim().split('\r\n');
  expect(header).toBe('start,posts,positive,neutral,negative,unscored,net sentiment,low,high');
  for (const row of rows) {
    const [, posts, ...labels] = row.split(',').map(Number);
    expect(labels.slice(0, 4).reduce((sum, count) => sum + count, 0)).toBe(posts);
  }
  const { bytes } = await download(page, 'Save the charts as PNG');
  // Width and height of a PNG stand at bytes 16 and 20.
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(400);
  expect(bytes.readUInt32BE(20)).toBeGreaterThan(380);
  await page.context().close();
});

test('the text of a post never becomes markup', async () => {
  const { page } = await open('/');
  const hostile = `<img src=x onerror="window.stolen=1"><script>window.stolen=1</script> &amp; \u202e text \u200b\u200d${'😡'.repeat(500)}`;
  await page.route('**/api/v1/stream', (route) => {
    const post = {
      platform: '<b>x</b>',
      id: '1',
      text: hostile,
      author: { handle: '<i>\u202eadmin</i>' },
      createdAt: new Date(Date.now() + 60_000).toISOString(),
      brands: ['<u>brand</u>'],
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
  const post = page.locator('.live .post').first();
  await expect.poll(() => post.locator('.post-text').textContent()).toBe(hostile);
  expect(await page.evaluate('window.stolen')).toBeUndefined();
  expect(await post.locator('img, script, b, i:not(.key), u, a').count()).toBe(0);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1_280);
  await page.context().close();
});

test('live posts can be paused', async () => {
  const { page } = await open('/?view=live');
  await page.locator('.live .post').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(600);
  const ids = () => page.locator('.live .post-text').allTextContents();
  const before = await ids();
  await page.getByRole('button', { name: /Go on · \d+ new/ }).waitFor();
  expect(await ids()).toEqual(before);
  await page.getByRole('button', { name: /Go on/ }).click();
  await expect.poll(ids, { timeout: 15_000 }).not.toEqual(before);
  await page.context().close();
});

test('a list that is paused begins anew with another brand', async () => {
  const { page } = await open('/?view=live');
  await page.locator('.live .post').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await chooseBrand(page, second);
  await expect.poll(() => page.locator('.live .post').count(), patient).toBeGreaterThan(1);
  expect(await page.getByRole('button', { name: /Go on/ }).count()).toBe(1);
  const tags = await page.locator('.live .post').evaluateAll((posts) => posts.map((post) => post.textContent));
  for (const text of tags) expect(text).toContain(second);
  await page.context().close();
});

test('files with a hash in their name are kept by the browser, and come compressed', async () => {
  const html = await (await fetch(running.url)).text();
  const assets = [...html.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(assets.length).toBeGreaterThan(1);
  for (const path of assets) {
    const { status, headers } = await fetch(`${running.url}${path}`, { headers: { 'accept-encoding': 'br' } });
    expect([status, headers.get('cache-control'), headers.get('content-encoding')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      'br',
    ]);
  }
});

test('the page says that the program is gone, and goes on when it is back', async () => {
  const { page } = await open('/');
  await page.locator('.connection[data-state=good]').waitFor();
  await running.stop();
  await page.locator('.connection[data-state=bad]', { hasText: 'connection lost' }).waitFor();
  await page.locator('.notice.bad', { hasText: 'feedpulse does not answer' }).waitFor();
  running = await startFeedpulse(['--source', 'demo', '--data-dir', join(folder, 'data'), '--port', new URL(running.url).port]);
  await page.locator('.connection[data-state=good]').waitFor();
  await expect.poll(() => page.locator('.notice.bad').count(), { timeout: 15_000 }).toBe(0);
  await page.context().close();
});
