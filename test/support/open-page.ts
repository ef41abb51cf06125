import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface OpenPage {
  readonly page: Page;
  /** Console errors and uncaught exceptions. */
  readonly errors: string[];
}

/** Opens a URL in a fresh browser context and collects its errors. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const page = await (await browser.newContext(options)).newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  return { page, errors };
}

/** Like `openPage`; resolves when the brands have loaded. */
export async function openView(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const opened = await openPage(browser, url, options);
  await opened.page.locator('main.loaded').waitFor();
  return opened;
}

/** Clicks a download button; resolves to the file. */
export async function download(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  const stream = await file.createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer); // no encoding is set: chunks are buffers
  return { name: file.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

/** The displayed value of a stat card. */
export const statValue = async (page: Page, title: string): Promise<string | null> =>
  page
    .locator('.stat-card', { has: page.getByRole('heading', { name: title }) })
    .locator('.value')
    .textContent();

/** The query of the page's URL. */
export const pageQuery = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

/** Lets a test answer the live stream itself: routes do not see the requests of a shared worker. */
export const withoutSharedWorker = (page: Page): Promise<unknown> => page.addInitScript('delete window.SharedWorker');
