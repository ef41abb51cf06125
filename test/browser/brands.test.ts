import { expect, test } from 'vitest';
import type { AlertTransition } from '../../src/domain/alert.ts';
import { browserSuite } from '../support/browser-suite.ts';
import { download, openPage, statValue } from '../support/open-page.ts';
import { scoredPost } from '../support/scored-post.ts';
import { startWithHistory } from '../support/stored-history.ts';

const minute = 60_000;
const day = 86_400_000;
const now = Date.now();
const names = ['Kestrel', 'Heron', 'Marlow'];
const waitLonger = { timeout: 20_000 };

const about = (brand: string, label: 'negative' | 'positive') => ({ brand, label, negative: 0.25, neutral: 0, positive: 0.75 });
const both = scoredPost({
  id: 'both',
  text: 'Love my Ibis, hate the Osprey app',
  createdAt: new Date(now - 50 * minute).toISOString(),
  brands: ['Ibis', 'Osprey'],
  ...{ label: 'neutral', negative: 0.25, neutral: 0.5, positive: 0.25, score: 0, confidence: 0.5 },
  brandSentiment: [about('Ibis', 'positive'), { ...about('Osprey', 'negative'), negative: 0.75, positive: 0.25 }],
});

const ofOneBrand = names.flatMap((name, place) =>
  Array.from({ length: 3 }, (_, index) =>
    scoredPost({
      id: `${name}${index}`,
      text: `A word about ${name}`,
      createdAt: new Date(now - (3 * index + place + 1) * 4 * minute).toISOString(),
      brands: [name],
    }),
  ),
);

const alerts = names.map((brand, place): AlertTransition => {
  const at = now - 20 * minute;
  const id = `00000000-0000-4000-8000-00000000000${place}`;
  const evaluation = { metric: 'volume', direction: 'up', observed: 41, expected: 12, low: 3, high: 27, z: 5.2, posts: 41 } as const;
  return {
    ...{ id, alert: id, kind: 'alert', rule: 'volume', brand, severity: 'warning', at, channels: [] },
    evaluation: { ...evaluation, from: at - 15 * minute, to: at, baseline: null },
    state: { status: 'alert', since: at },
  };
});

const suite = browserSuite((dir) => {
  const brands = [...names, 'Ibis', 'Osprey'].map((name) => ({ name }));
  return startWithHistory(dir, { posts: [...ofOneBrand, both], alerts, config: { brands } });
});
const two = 'brand=Kestrel&brand=Heron';

test('a selection of several brands filters posts, live posts and alerts', async () => {
  const { page, errors } = await suite.open(`/?view=posts&${two}`);
  await expect.poll(() => page.locator('.cards .post').count(), waitLonger).toBe(6);
  expect(new Set(await page.locator('.cards .brand-tag').allTextContents())).toEqual(new Set(['Kestrel', 'Heron']));
  await page.getByRole('heading', { name: 'Posts: Kestrel, Heron' }).waitFor();
  const { name, bytes } = await download(page, 'Save these posts as CSV');
  expect(name).toMatch(/^feedpulse-posts-2-brands-/);
  expect(bytes.toString().trim().split('\r\n').length).toBe(7);
  await page.getByRole('link', { name: 'Live' }).click();
  await expect.poll(() => page.locator('.live .post').count(), waitLonger).toBe(6);
  await page.getByRole('link', { name: 'Alerts' }).click();
  await expect.poll(() => page.locator('.alert-item').count(), waitLonger).toBe(2);
  expect((await page.locator('.alert-item').allTextContents()).join()).not.toContain('Marlow');
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { name: 'Brands' }).first().waitFor();
  expect(await page.getByLabel('Compare to previous period').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a post about two brands counts for each with its own sentiment, and shows both', async () => {
  const { page, errors } = await suite.open('/?brand=Osprey');
  await expect.poll(() => statValue(page, '▼ Negative'), waitLonger).toBe('100%');
  const other = await suite.open('/?brand=Ibis');
  await expect.poll(() => statValue(other.page, '▲ Positive'), waitLonger).toBe('100%');
  await page.getByRole('link', { name: 'Posts', exact: true }).click();
  await page.locator('.filters label[title=negative] input').check();
  await expect.poll(() => page.locator('.cards .post .tag').allTextContents(), waitLonger).toEqual(['● neutral']);
  const tags = page.locator('.cards .brand-tag');
  expect(await tags.allTextContents()).toEqual(['▲ positive about Ibis', '▼ negative about Osprey']);
  expect(await tags.last().getAttribute('title')).toBe('Sentiment about Osprey: 75% negative');
  expect([...errors, ...other.errors]).toEqual([]);
  await page.context().close();
  await other.page.context().close();
});

test('requests the incidents of another brand as soon as it is selected', async () => {
  const { page } = await suite.open('/?brand=Kestrel');
  const asked = (brand: string) =>
    page.waitForResponse(
      (response) => response.url().includes('/incidents?') && new URL(response.url()).searchParams.get('brands') === brand,
    );
  await asked('Kestrel');
  const other = asked('Heron');
  const at = Date.now();
  await page.getByRole('row', { name: /Heron/ }).getByRole('link', { name: 'Heron' }).click();
  await other;
  expect(Date.now() - at).toBeLessThan(6_000);
  await page.context().close();
});

test('drivers of a long range cover its last days, and say so', async () => {
  const to = new Date(now - 40 * day).toISOString();
  const query = new URLSearchParams({ brand: 'Kestrel', from: new Date(now - 200 * day).toISOString(), to });
  const { page } = await openPage(suite.browser, 'about:blank');
  const asked = page.waitForRequest((request) => request.url().includes('/drivers?'));
  await page.goto(`${suite.running.url}/?${query}`);
  const { searchParams } = new URL((await asked).url());
  expect([searchParams.get('from'), searchParams.get('to')]).toEqual([new Date(now - 70 * day).toISOString(), to]);
  await page.getByText(/negative and positive posts; limited to/).waitFor(waitLonger);
  await page.context().close();
});

test('a rejected request leaves the list marked as stale; a sort order that the server rejects is not offered', async () => {
  const { page } = await suite.open('/?view=posts&range=365d&sort=engagement');
  await expect.poll(() => page.locator('.cards:not(.stale) .post').count(), waitLonger).toBe(10);
  expect(await page.getByLabel('Order').locator('option').allTextContents()).toEqual(['Newest first']);
  const problem = { type: 'about:blank', title: 'Bad request', status: 400, detail: 'Not so.' };
  await page.route(/\/api\/v1\/posts\?.*label=negative/, (route) => route.fulfill({ status: 400, json: problem }));
  await page.locator('.filters label[title=negative] input').check();
  await page.locator('.post-list').getByText('Not so.').waitFor(waitLonger);
  await page.locator('.cards.stale').waitFor();
  await page.locator('.filters label[title=positive] input').check();
  await page.locator('.post-list').getByText('Not so.').waitFor({ state: 'detached' });
  await page.context().close();
});

test('data that cannot be rendered replaces one page, until a retry succeeds', async () => {
  const { page } = await openPage(suite.browser, 'about:blank');
  await page.route(/\/api\/v1\/summary/, (route) => route.fulfill({ json: { current: {}, previous: null, changes: null } }));
  await page.goto(`${suite.running.url}/?brand=Kestrel`);
  await page.getByRole('heading', { name: 'This page failed to render' }).waitFor(waitLonger);
  await page.getByRole('link', { name: 'Posts', exact: true }).click();
  await expect.poll(() => page.locator('.cards .post').count(), waitLonger).toBe(3);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { name: 'This page failed to render' }).waitFor(waitLonger);
  await page.unroute(/\/api\/v1\/summary/);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => statValue(page, 'Posts'), waitLonger).toBe('3');
  await page.context().close();
});
