import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { needChromium } from '../../scripts/tools.mjs';

const support = fileURLToPath(new URL('../../test/support/chromium.ts', import.meta.url));

/** The Chromium that the browser tests use. Rejects where there is none. */
export async function openBrowser() {
  process.env.CHROMIUM_PATH = await needChromium();
  return (await runnerImport(support)).module.launchChromium();
}
