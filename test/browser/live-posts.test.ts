import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { demoBrands } from '../../src/ingest/sources/demo/demo-brands.ts';
import { browserSuite } from '../support/browser-suite.ts';
import { startFeedpulse } from '../support/feedpulse.ts';
import { statValue, withoutSharedWorker } from '../support/open-page.ts';

const second = demoBrands[1]?.name ?? '';

/** The demo source, the model, the database and the browser share two cores. */
const waitLonger = { timeout: 20_000 };

/** A short backfill is enough: the tests are about live posts. */
const demo = { FEEDPULSE_DEMO_BACKFILL: '5m' };

const suite = browserSuite((dir) => startFeedpulse(['--source', 'demo', '--data-dir', dir], demo));

const picker = (page: Page) => page.locator('.brand-picker > summary');

async function chooseBrand(page: Page, brand: string): Promise<void> {
  await picker(page).click();
  await page.locator('.brand-picker').getByRole('button', { name: brand }).click();
}

test('live posts, metrics and charts appear without errors', async () => {
  const { page, errors } = await suite.open('/');
  // The demo source has just started.
  await expect.poll(() => page.locator('.live .post').count(), { timeout: 15_000 }).toBeGreaterThan(5);
  expect(await page.locator('.live .post .tag').first().textContent()).toMatch(/positive|neutral|negative|unscored/);
  await expect.poll(async () => Number((await statValue(page, 'Posts'))?.replace(/\D/g, '')), { timeout: 15_000 }).toBeGreaterThan(0);
  expect(await statValue(page, 'Net sentiment')).toMatch(/^[+−]?\d+$/);
  expect(await page.locator('.history canvas').count()).toBe(2);
  await expect.poll(() => page.locator('.connection').textContent()).toMatch(/posts\/s/);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('the text of a post is never rendered as markup', async () => {
  const { page } = await suite.open('/');
  const hostile = `<img src=x onerror="window.stolen=1"><script>window.stolen=1</script> &amp; \u202e text \u200b\u200d${'😡'.repeat(500)}`;
  await withoutSharedWorker(page);
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
  expect(await post.locator('img, script, b, i:not(.swatch), u, a').count()).toBe(0);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1_280);
  await page.context().close();
});

test('live posts can be paused and resumed', async () => {
  const { page } = await suite.open('/?view=live');
  await page.locator('.live .post').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(600);
  const ids = () => page.locator('.live .post-text').allTextContents();
  const before = await ids();
  await page.getByRole('button', { name: /Resume · \d+ new/ }).waitFor();
  expect(await ids()).toEqual(before);
  await page.getByRole('button', { name: /Resume/ }).click();
  await expect.poll(ids, { timeout: 15_000 }).not.toEqual(before);
  await page.context().close();
});

test('a paused list restarts when another brand is selected', async () => {
  const { page } = await suite.open('/?view=live');
  await page.locator('.live .post').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await chooseBrand(page, second);
  await expect.poll(() => page.locator('.live .post').count(), waitLonger).toBeGreaterThan(1);
  expect(await page.getByRole('button', { name: /Resume/ }).count()).toBe(1);
  const tags = await page.locator('.live .post').evaluateAll((posts) => posts.map((post) => post.textContent));
  for (const text of tags) expect(text).toContain(second);
  await page.context().close();
});

test('ten tabs of a browser are live over one stream, which is closed while nobody looks', async () => {
  const context = await suite.browser.newContext();
  const pages: Page[] = [];
  for (let count = 0; count < 10; count += 1) {
    const page = await context.newPage();
    await page.goto(suite.running.url);
    pages.push(page);
  }
  for (const page of pages) {
    await page.locator('.connection', { hasText: /Live · .* posts/ }).waitFor(waitLonger);
    await expect.poll(() => page.locator('.live .post').count(), waitLonger).toBeGreaterThan(0);
  }
  // The first page still gets answers: no stream takes its connections.
  await pages[0]?.getByRole('radio', { name: '1 h', exact: true }).check();
  await expect.poll(() => pages[0]?.locator('.stale').count(), waitLonger).toBe(0);
  await context.close();
});

test('hashed assets are cached by the browser and served compressed', async () => {
  const html = await (await fetch(suite.running.url)).text();
  const assets = [...html.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(assets.length).toBeGreaterThan(1);
  for (const path of assets) {
    const { status, headers } = await fetch(`${suite.running.url}${path}`, { headers: { 'accept-encoding': 'br' } });
    expect([status, headers.get('cache-control'), headers.get('content-encoding')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      'br',
    ]);
  }
});

test('reports a lost connection, and recovers when feedpulse is back', async () => {
  const { page } = await suite.open('/');
  await page.locator('.connection[data-state=good]').waitFor();
  await suite.running.stop();
  await page.locator('.connection[data-state=bad]', { hasText: 'Connection lost' }).waitFor();
  await page.locator('.notice.bad', { hasText: "Can't reach feedpulse" }).waitFor();
  suite.running = await startFeedpulse(['--source', 'demo', '--data-dir', suite.dir, '--port', new URL(suite.running.url).port], demo);
  await page.locator('.connection[data-state=good]').waitFor();
  await expect.poll(() => page.locator('.notice.bad').count(), { timeout: 15_000 }).toBe(0);
  await page.context().close();
});
