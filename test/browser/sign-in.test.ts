import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoBrands } from '../../src/ingest/sources/demo/demo-brands.ts';
import { brightness, launchChromium } from '../support/chromium.ts';
import { feedpulse, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { openPage } from '../support/open-page.ts';

const [brand = ''] = demoBrands.map(({ name }) => name);

let browser: Browser;
let running: RunningFeedpulse;
let dataDir: string;
let token: string;

const tokens = async (...args: string[]) => (await feedpulse('tokens', ...args, '--data-dir', dataDir)).stdout.trim();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'feedpulse-sign-in-'));
  token = await tokens('add', '--name', 'ines', '--role', 'viewer');
  running = await startFeedpulse(['--source', 'demo', '--data-dir', dataDir], { FEEDPULSE_DEMO_BACKFILL: '5m' });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const open = (path = '/', options: BrowserContextOptions = {}) => openPage(browser, `${running.url}${path}`, options);

const field = (page: Page) => page.getByLabel('API token');

test('signs in by keyboard, keeps the URL, and leaves nothing that scripts can read', async () => {
  const { page, errors } = await open(`/?brand=${brand}&range=1h`);
  await field(page).waitFor();
  expect(await page.locator('.view').count()).toBe(0);
  expect(await page.locator('.connection').textContent()).toBe('Not signed in');
  expect(await page.evaluate('document.activeElement.id')).toBe('token');
  await page.keyboard.type(token);
  await page.keyboard.press('Enter');
  await page.locator('main.loaded').waitFor();
  await page.locator('.connection[data-state=good]').waitFor();
  expect(await field(page).count()).toBe(0);
  expect(await page.locator('.brand-picker > summary').textContent()).toBe(brand);
  expect(await page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]')).toEqual(['', 0, 0]);
  await page.reload();
  await page.locator('main.loaded').waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('a wrong token shows an error, to screen readers too, and can be corrected', async () => {
  const { page } = await open();
  await field(page).fill('fp_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect.poll(() => page.locator('#sign-in-problem').textContent()).toBe('Unknown or revoked token.');
  expect(await field(page).getAttribute('aria-invalid')).toBe('true');
  await field(page).fill(` ${token} `);
  await page.keyboard.press('Enter');
  await page.locator('main.loaded').waitFor();
  await page.context().close();
});

test('signing out ends the session and clears the page', async () => {
  const { page } = await open();
  await field(page).fill(token);
  await page.keyboard.press('Enter');
  await page.locator('.post').first().waitFor();
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: 'feedpulse', httpOnly: true, sameSite: 'Strict', path: '/' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await field(page).waitFor();
  expect(await page.locator('.post').count()).toBe(0);
  expect((await fetch(`${running.url}/metrics`, { headers: { cookie: `feedpulse=${cookie?.value}` } })).status).toBe(401);
  await page.context().close();
});

test('a viewer sees no controls that change anything', async () => {
  const { page } = await open('/?view=posts');
  await field(page).fill(token);
  await page.keyboard.press('Enter');
  await page.locator('.cards .post').first().waitFor();
  expect(await page.locator('.correction').count()).toBe(0);
  await page.getByRole('link', { name: 'Alerts' }).click();
  await page.getByRole('heading', { name: 'Rules' }).waitFor();
  expect(await page.getByRole('button', { name: 'Run' }).count()).toBe(0);
  expect(await page.locator('.sidebar').textContent()).toContain('ines · viewer');
  await page.context().close();
});

test('asks for another token when the current one is removed, and continues with it', async () => {
  const lent = await tokens('add', '--name', 'lent', '--role', 'viewer');
  await expect.poll(async () => (await fetch(`${running.url}/metrics`, { headers: { authorization: `Bearer ${lent}` } })).status).toBe(200);
  const { page } = await open();
  await field(page).fill(lent);
  await page.keyboard.press('Enter');
  await page.locator('.post').first().waitFor();
  await tokens('remove', 'lent');
  await field(page).waitFor({ timeout: 8_000 });
  expect(await page.locator('.view').count()).toBe(0);
  await field(page).fill(token);
  await page.keyboard.press('Enter');
  await page.locator('.connection[data-state=good]').waitFor();
  await expect.poll(async () => (await page.locator('.chart canvas').first().boundingBox())?.width ?? 0).toBeGreaterThan(200);
  await page.context().close();
});

const shapes = ([375, 1440] as const).flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })));

test.each(shapes)('the sign-in form fits $width pixels, $colorScheme', async ({ width, colorScheme }) => {
  const { page, errors } = await open('/', { viewport: { width, height: 812 }, colorScheme });
  await field(page).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  const [ground, text] = await page.evaluate<[string, string]>(
    '[getComputedStyle(document.querySelector(".sign-in .panel")).backgroundColor, getComputedStyle(document.body).color]',
  );
  expect(brightness(ground) > brightness(text)).toBe(colorScheme === 'light');
  for (const control of [field(page), page.getByRole('button', { name: 'Sign in' })])
    expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  expect(errors).toEqual([]);
  await page.context().close();
});
