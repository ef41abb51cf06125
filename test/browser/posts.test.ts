import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserSuite } from '../support/browser-suite.ts';
import { hostile, kettleHistory, now } from '../support/kettle-history.ts';
import { download, openPage, pageQuery, statValue, withoutSharedWorker } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

const hour = 3_600_000;
/** Metrics follow a correction within seconds; the page refreshes every three. */
const waitLonger = { timeout: 40_000 };

const suite = browserSuite((dir) => startWithHistory(dir, kettleHistory));

const shown = (page: Page) => page.locator('.cards .post');

test('filters, searches and sorts posts; user content is never rendered as markup', async () => {
  const { page, errors } = await suite.open('/?view=posts&brand=Kestrel');
  await expect.poll(() => shown(page).count()).toBe(30);
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => shown(page).count()).toBe(40);
  expect(await page.locator('.cards img').count()).toBe(0);
  await page.getByRole('searchbox', { name: 'Search posts' }).fill('onerror kettle');
  await expect.poll(() => page.locator('.cards .post-text').allTextContents(), waitLonger).toEqual([`${hostile} kettle`]);
  expect(await page.locator('.cards mark').allTextContents()).toContain('onerror');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('.filters label[title=negative] input').check();
  await expect.poll(() => shown(page).count()).toBe(10);
  expect(await page.getByRole('img', { name: '2 of 5 stars' }).count()).toBe(10);
  await page.getByLabel('Order').selectOption('engagement');
  await expect.poll(() => shown(page).first().locator('.post-text').textContent()).toContain('number 36');
  expect(pageQuery(page).get('sort')).toBe('engagement');
  expect(errors).toEqual([]);
  await page.context().close();
});

test('searches with operators, shows totals and a trend, and folds near-duplicates', async () => {
  const { page, errors } = await suite.open('/?view=posts&brand=Kestrel');
  const hint = page.locator('.post-list .hint');
  await expect.poll(() => hint.textContent(), waitLonger).toBe('Showing 30 of 40 posts');
  await page.getByRole('button', { name: 'Select a part of the range' }).waitFor();
  const words = page.getByRole('searchbox', { name: 'Search posts' });
  await words.fill('leaking OR onerror');
  await expect.poll(() => hint.textContent(), waitLonger).toBe('11 posts');
  expect(await shown(page).locator('mark').allTextContents()).toContain('leaks');
  await words.fill('kettle -leaks -lovely');
  await expect.poll(() => hint.textContent(), waitLonger).toBe('1 post');
  await words.fill('leaks');
  await expect.poll(() => hint.textContent(), waitLonger).toBe('10 posts');
  await page.getByLabel('Order').selectOption('impact');
  // The texts differ in a number only, except for the formula.
  await expect.poll(() => shown(page).count(), waitLonger).toBeLessThan(10);
  await expect.poll(() => hint.textContent(), waitLonger).toMatch(/^Showing \d and \d similar of 10 posts$/);
  expect(await shown(page).first().locator('.post-text').first().textContent()).toContain('number 36');
  const toggle = shown(page)
    .first()
    .getByRole('button', { name: /^Show \d similar posts$/ });
  await toggle.click();
  expect(await shown(page).first().locator('.similar .post').count()).toBeGreaterThan(5);
  await page.goBack();
  await expect.poll(() => shown(page).count(), waitLonger).toBe(10);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('keeps the line breaks and links of a post', async () => {
  const { page } = await openPage(suite.browser, 'about:blank');
  const text = 'Not good.\nSee https://example.com/a?b=1), "http://x.example"';
  await page.route('**/api/v1/posts?*', (route) =>
    route.fulfill({ json: { brand: '*', posts: [{ ...scoredPost({ id: '1', text }), official: true }], next: null } }),
  );
  await page.goto(`${suite.running.url}/?view=posts`);
  const post = shown(page).first();
  await post.waitFor(waitLonger);
  // biome-ignore lint/performance/useDomNodeTextContent: only the rendered text shows whether line breaks are kept
  expect(await post.locator('.post-text').innerText()).toBe(text);
  const links = await post
    .locator('.post-text a')
    .evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]));
  expect(links).toEqual(['https://example.com/a?b=1', 'http://x.example'].map((url) => [url, 'noopener noreferrer nofollow']));
  expect(await post.locator('.official').textContent()).toBe('Official');
  await page.context().close();
});

test('a correction changes the stat card, and undoing it changes it back', async () => {
  const { page, errors } = await suite.open('/?brand=Kestrel');
  await expect.poll(() => statValue(page, '▼ Negative'), waitLonger).toBe('25%');
  await page.getByRole('link', { name: 'Posts', exact: true }).click();
  await shown(page).filter({ hasText: 'number 8 leaks' }).getByRole('button', { name: 'neutral' }).click();
  await page.getByRole('status').filter({ hasText: 'Corrected one post' }).waitFor();
  await expect
    .poll(() => shown(page).filter({ hasText: 'number 8 leaks' }).locator('.corrected').textContent(), waitLonger)
    .toMatch(/Corrected.*model: negative/);
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  const other = await suite.open('/?brand=Kestrel');
  await expect.poll(() => statValue(other.page, '▼ Negative'), waitLonger).toBe('23%');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => statValue(other.page, '▼ Negative'), waitLonger).toBe('25%');
  for (const number of [4, 12])
    await shown(page)
      .filter({ hasText: `number ${number} leaks` })
      .getByLabel('Select this post')
      .check();
  await page.locator('.toast').getByRole('button', { name: 'positive' }).click();
  await expect.poll(() => statValue(other.page, '▼ Negative'), waitLonger).toBe('20%');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => statValue(other.page, '▼ Negative'), waitLonger).toBe('25%');
  expect([...errors, ...other.errors]).toEqual([]);
  await page.context().close();
  await other.page.context().close();
});

test('corrections run one at a time and keep the list and the scroll position', async () => {
  const { page, errors } = await suite.open('/?view=posts&brand=Kestrel');
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => shown(page).count()).toBe(40);
  const requests: string[] = [];
  page.on('request', (request) => request.url().includes('/api/v1/posts?') && requests.push(request.url()));
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/api/v1/corrections', async (route) => released.then(() => route.continue()));
  const [last, other] = ['number 36 leaks', 'number 32 leaks'].map((hasText) => shown(page).filter({ hasText }));
  await other?.getByLabel('Select this post').check();
  await last?.getByRole('button', { name: 'neutral' }).click();
  await page.getByText('Saving…').waitFor();
  expect(await other?.getByRole('button', { name: 'neutral' }).isDisabled()).toBe(true);
  release();
  await last?.locator('.corrected').waitFor();
  expect(await last?.locator('.tag').textContent()).toContain('neutral');
  expect([await shown(page).count(), requests]).toEqual([40, []]);
  expect(await other?.getByLabel('Select this post').isChecked()).toBe(true);
  await page.locator('.filters label[title=negative] input').check();
  await expect.poll(() => shown(page).count()).toBe(9);
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await page.getByText("Restored the model's label of one post").waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('saves all matching posts as CSV without formulas', async () => {
  const { page } = await suite.open('/?view=posts&brand=Kestrel&label=negative');
  await expect.poll(() => shown(page).count()).toBe(10);
  const { name, bytes } = await download(page, 'Save these posts as CSV');
  expect(name).toBe('feedpulse-posts-Kestrel-24h.csv');
  const lines = bytes.toString().trim().split('\r\n');
  expect(lines.length).toBe(11);
  const stars = lines[0]?.split(',').indexOf('stars') ?? -1;
  expect(lines[1]?.split(',')[stars]).toBe('2');
  const [formula] = lines.filter((line) => line.includes('HYPERLINK'));
  expect(formula).toContain(`"'=HYPERLINK(""https://example.com"";""The kettle number 20 leaks"");'=1+1"`);
  await page.context().close();
});

test('names a file after its range, and shows a notice when the file does not have all posts', async () => {
  const [from, to] = [now - 2 * hour, now + hour].map((at) => new Date(Math.floor(at / hour) * hour).toISOString());
  const { page } = await suite.open(`/?${new URLSearchParams({ view: 'posts', zone: 'UTC', from: from ?? '', to: to ?? '' })}`);
  await shown(page).first().waitFor();
  const fileTime = (end = '') => end.slice(0, 16).replace('T00:00', '').replace(':', '-');
  expect((await download(page, 'Save these posts as CSV')).name).toBe(`feedpulse-posts-all-${fileTime(from)}-to-${fileTime(to)}.csv`);
  await page.route('**/api/v1/posts?*limit=1000*', (route) => {
    const posts = Array.from({ length: 1_000 }, (_, index) => scoredPost({ id: `${index}` }));
    return route.fulfill({ json: { brand: '*', posts, next: 'more' } });
  });
  const { bytes } = await download(page, 'Save these posts as CSV');
  expect(bytes.toString().trim().split('\r\n').length).toBe(10_001);
  await page.getByText('Saved the first 10,000 posts; the range has more.').waitFor();
  await page.context().close();
});

test('keeps a trailing space in the search field, and shows a page for an invalid language in the URL', async () => {
  const { page, errors } = await suite.open('/?view=posts&lang=en_US');
  const words = page.getByRole('searchbox', { name: 'Search posts' });
  expect(await page.getByLabel('Language').inputValue()).toBe('en_US');
  await page.getByRole('button', { name: 'Clear' }).click();
  await words.pressSequentially('kettle ');
  await expect.poll(() => pageQuery(page).get('text')).toBe('kettle');
  await page.waitForTimeout(100);
  await words.pressSequentially('leaks');
  await expect.poll(() => pageQuery(page).get('text')).toBe('kettle leaks');
  expect(errors).toEqual([]);
  await page.context().close();
});

test('an author links to their other posts, and the filter can be removed', async () => {
  const { page, errors } = await suite.open('/?brand=Kestrel');
  await page.locator('.live').getByRole('button', { name: '@writer3', exact: true }).click();
  await expect.poll(() => page.locator('.cards .author').allTextContents(), waitLonger).toEqual(['@writer3']);
  expect([pageQuery(page).get('author'), pageQuery(page).get('platform')]).toEqual(['writer3', 'chirper']);
  await page.getByRole('button', { name: 'Author: writer3' }).click();
  await expect.poll(() => shown(page).count()).toBe(30);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('shows the model probabilities of a post by keyboard, and highlights its brands', async () => {
  const { page } = await suite.open('/?view=live');
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
  const { page } = await openPage(suite.browser, 'about:blank');
  let send = (): void => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  await withoutSharedWorker(page);
  await page.route('**/api/v1/stream', async (route) => {
    await sent;
    const post = scoredPost({ id: '3', text: '', brands: [], deleted: true });
    await route.fulfill({ contentType: 'text/event-stream', body: `event: post\ndata: ${JSON.stringify(post)}\n\n` });
  });
  await page.goto(`${suite.running.url}/?view=live&brand=Kestrel`);
  const post = page.locator('.live .post', { hasText: 'number 3' });
  await expect.poll(() => post.count(), waitLonger).toBe(1);
  await page.getByRole('button', { name: 'Pause' }).click();
  send();
  await expect.poll(() => post.count(), waitLonger).toBe(0);
  expect(await page.locator('.live .post').count()).toBe(19);
  await page.context().close();
});
