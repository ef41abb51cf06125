import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface OpenPage {
  readonly page: Page;
  /** Errors on the console, and what scripts threw. */
  readonly complaints: string[];
}

/** Opens an address in a browser that knows nothing yet, and hands over what it complains about. */
export async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, complaints };
}

/** The same, as soon as its figures are there. */
export async function openView(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const opened = await openPage(browser, address, options);
  await opened.page.locator('main.loaded').waitFor();
  return opened;
}

/** The text of the file that a click saves. */
export async function savedBy(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  const stream = await download.createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer); // no encoding is set: chunks are buffers
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

/** The value of a tile of the overview, as it is shown. */
export const tileValue = async (page: Page, title: string): Promise<string | null> =>
  page
    .locator('.tile', { has: page.getByRole('heading', { name: title }) })
    .locator('.value')
    .textContent();

/** What the address of a page says of its view. */
export const queryOf = (page: Page): URLSearchParams => new URL(page.url()).searchParams;
