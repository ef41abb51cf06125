import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { findChromium } from '../../scripts/tools.mjs';

const support = fileURLToPath(new URL('../../test/support/chromium.ts', import.meta.url));

/** The Chromium that the browser tests use. Rejects if there is none. */
export async function openBrowser() {
  const path = findChromium();
  if (!path) throw new Error('No Chromium found: install it, or set CHROMIUM_PATH.');
  process.env.CHROMIUM_PATH = path;
  return (await runnerImport(support)).module.launchChromium();
}
