import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { brandHistory, historyBrands, historyConfig } from '../support/brand-history.ts';
import { browserSuite } from '../support/browser-suite.ts';
import { pageQuery } from '../support/open-page.ts';
import { startWithHistory } from '../support/stored-history.ts';

const [first, second] = historyBrands;

/** The browser, the model and the database share two cores. */
const waitLonger = { timeout: 20_000 };

const suite = browserSuite((dir) => startWithHistory(dir, { posts: brandHistory(), config: historyConfig }));

const picker = (page: Page) => page.locator('.brand-picker > summary');

async function chooseBrand(page: Page, brand: string): Promise<void> {
  await picker(page).click();
  await page.locator('.brand-picker').getByRole('button', { name: brand }).click();
}

test('the selected brands and range are in the URL, and the back button restores them', async () => {
  const { page, errors } = await suite.open('/');
  await chooseBrand(page, first);
  await expect.poll(() => pageQuery(page).get('brand')).toBe(first);
  await page.getByRole('radio', { name: '1 h', exact: true }).check();
  await expect.poll(() => new URL(page.url()).search).toBe(`?brand=${first}&range=1h`);
  await expect.poll(() => page.title()).toContain(first);
  await page.reload();
  await page.locator('main.loaded').waitFor();
  expect(await picker(page).textContent()).toBe(first);
  await page.locator('.brand-table').getByRole('link', { name: second }).click();
  await expect.poll(() => picker(page).textContent()).toBe(second);
  await page.goBack();
  await expect.poll(() => picker(page).textContent()).toBe(first);
  await picker(page).click();
  await page.getByRole('checkbox', { name: `Include ${second}` }).check();
  await expect.poll(() => pageQuery(page).getAll('brand')).toEqual([first, second]);
  await expect.poll(() => page.locator('.chart.lines canvas').count()).toBe(2);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a link to a brand that is not configured says so; a rejected range says why and is not repeated', async () => {
  const { page } = await suite.open('/?brand=Nobody');
  await page.getByText('No brand is called “Nobody”. These are all posts.').waitFor(waitLonger);
  const requests: string[] = [];
  page.on('request', (request) => request.url().includes('/summary?') && requests.push(request.url()));
  await page.goto(`${suite.running.url}/?from=1970-01-01&to=2026-11-01`);
  await page.getByText('from: the range must not exceed 400 days.').first().waitFor(waitLonger);
  await page.waitForTimeout(4_000);
  expect([requests.length, await page.locator('.notice.bad').count()]).toEqual([1, 0]);
  await page.context().close();
});

test('selects a custom range in a time zone, until another range is selected', async () => {
  const { page, errors } = await suite.open('/?zone=Asia/Kolkata');
  await page.locator('.custom-range-picker > summary').click();
  await page.getByLabel('From', { exact: true }).fill('2026-11-01T10:00');
  await page.getByLabel('To', { exact: true }).fill('2026-11-01T09:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect.poll(() => page.locator('.custom-range-form [role=alert]').textContent()).toContain('before end');
  await page.getByLabel('To', { exact: true }).fill('2026-11-01T12:30');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect.poll(() => pageQuery(page).get('from')).toBe('2026-11-01T04:30:00.000Z');
  expect(pageQuery(page).get('to')).toBe('2026-11-01T07:00:00.000Z');
  await expect.poll(() => page.locator('.custom-range').textContent()).toMatch(/10:00.*12:30/);
  await page.getByRole('heading', { name: 'No posts in this range' }).waitFor();
  await page.getByRole('radio', { name: '1 h', exact: true }).check();
  await expect.poll(() => new URL(page.url()).search).toBe('?range=1h&zone=Asia%2FKolkata');
  await expect.poll(() => page.locator('.custom-range').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('has ranges of the calendar, in the time zone that was chosen and is remembered', async () => {
  const { page } = await suite.open('/?zone=Asia/Kolkata');
  await page.getByLabel('Time zone').focus();
  await page.getByLabel('Time zone').selectOption('Pacific/Auckland');
  await expect.poll(() => pageQuery(page).get('zone')).toBe('Pacific/Auckland');
  const asked = page.waitForRequest((request) => request.url().includes('/summary?') && request.url().includes('from=2'));
  await page.locator('.custom-range-picker > summary').click();
  await page.getByRole('button', { name: 'Yesterday' }).click();
  await expect.poll(() => pageQuery(page).get('range')).toBe('yesterday');
  const { searchParams } = new URL((await asked).url());
  const [from, to] = ['from', 'to'].map((end) => new Date(searchParams.get(end) ?? ''));
  const hourThere = (date: Date | undefined) => date?.toLocaleTimeString('en-GB', { timeZone: 'Pacific/Auckland' });
  expect([hourThere(from), hourThere(to)]).toEqual(['00:00:00', '00:00:00']);
  await page.goto(`${suite.running.url}/?brand=${first}`);
  await page.locator('main.loaded').waitFor();
  // Neither the brand's zone nor that of the browser.
  expect(await page.getByLabel('Time zone').inputValue()).toBe('Pacific/Auckland');
  await page.context().close();
});

test('copies a link that moves with the clock, or one to the period shown', async () => {
  const context = await suite.browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  await page.goto(`${suite.running.url}/?range=6h&zone=UTC`);
  await page.locator('.share-link > summary').click();
  await page.getByRole('button', { name: /moves with the clock/ }).click();
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
  await expect.poll(copied).toBe(`${suite.running.url}/?range=6h&zone=UTC`);
  await page.getByRole('button', { name: /Copy link to this period/ }).click();
  await expect.poll(copied).toContain('from=');
  const { searchParams } = new URL(await copied());
  expect(Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')).toBe(6 * 3_600_000);
  await context.close();
});

test('a link to a page or a range that does not exist says so, and an unknown address leads to the overview', async () => {
  const { page } = await suite.open('/?view=nowhere&range=3y&zone=Mars');
  for (const text of ['There is no page called “nowhere”.', 'There is no range called “3y”.', 'There is no time zone called “Mars”.'])
    await page.locator('.notice', { hasText: text }).waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  expect(await page.locator('.notice').count()).toBe(0);
  await page.goto(`${suite.running.url}/some/page`);
  await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  await page.getByRole('link', { name: 'Go to the overview' }).click();
  await page.locator('main.loaded').waitFor();
  await page.context().close();
});

test('a link with a custom range queries that range', async () => {
  const [from, to] = [2, 1].map((hours) => new Date(Math.floor(Date.now() / 1_000) * 1_000 - hours * 3_600_000).toISOString());
  const asked: URL[] = [];
  const page = await (await suite.browser.newContext()).newPage();
  page.on('request', (request) => request.url().includes('/api/v1/trends') && asked.push(new URL(request.url())));
  await page.goto(`${suite.running.url}/?${new URLSearchParams({ brand: first, from: from ?? '', to: to ?? '' })}`);
  await expect.poll(() => asked.some(({ searchParams }) => searchParams.get('from') === from && searchParams.get('to') === to)).toBe(true);
  expect(await page.locator('input[name=range]:checked').count()).toBe(0);
  await page.context().close();
});

test('an unknown brand in the URL falls back to all posts', async () => {
  const { page } = await suite.open('/?brand=Nobody&range=6h');
  await expect.poll(() => new URL(page.url()).search).toBe('?range=6h');
  expect(await picker(page).textContent()).toBe('All posts');
  await page.context().close();
});

test('a driver shows examples and links to its posts', async () => {
  const { page, errors } = await suite.open(`/?brand=${first}`);
  const driver = page.locator('.driver').first();
  await driver.waitFor(waitLonger);
  const term = (await driver.locator('.term').textContent()) ?? '';
  await driver.click();
  expect(await driver.getAttribute('aria-expanded')).toBe('true');
  await expect.poll(() => page.locator('.drivers blockquote').count()).toBeGreaterThan(0);
  await page.getByRole('button', { name: /^All (negative|positive) posts with this term$/ }).click();
  await expect.poll(() => pageQuery(page).get('text')?.replaceAll('"', '')).toBe(term);
  await expect.poll(() => page.locator('.cards .post').count()).toBeGreaterThan(0);
  for (const text of await page.locator('.cards .post-text').allTextContents()) expect(text.toLowerCase()).toContain(term.split(' ')[0]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a platform links to its posts', async () => {
  const { page } = await suite.open('/?range=1h');
  const platform = page.locator('.breakdown table').first().getByRole('button').first();
  await platform.waitFor();
  const name = await platform.textContent();
  await platform.click();
  await expect.poll(() => pageQuery(page).get('platform')).toBe(name);
  await expect.poll(() => page.locator('.cards .post').count()).toBeGreaterThan(0);
  for (const origin of await page.locator('.cards .origin').allTextContents()) expect(origin).toContain(`on ${name}`);
  await page.context().close();
});
