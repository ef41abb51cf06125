import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { root, setup } from '../../scripts/setup.mjs';
import { openBrowser } from './open-browser.mjs';

const help = `Takes screenshots of every page of the web UI with the demo feed, in both themes, at desktop and phone width.

  --out FOLDER   output folder (default: .cache/pictures; docs/images with --readme)
  --readme       only the screenshots in the documentation
  --settle N     seconds to wait for the demo backfill (default: 45; 600 with --readme)
`;
const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    readme: { type: 'boolean', default: false },
    settle: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

const sizes = { desk: { width: 1440, height: 1000 }, phone: { width: 375, height: 812 } };
const pages = {
  overview: '/',
  brand: '/?brand=Kestrivo',
  several: '/?brand=Kestrivo&brand=Brunoko&brand=Puddlefit',
  posts: '/?view=posts&brand=Brunoko&label=negative',
  live: '/?view=live',
  compare: '/?view=compare',
  alerts: '/?view=alerts',
  health: '/?view=health',
};
const inReadme = [
  ['overview', 'desk', 'light'],
  ['overview', 'desk', 'dark'],
  ['posts', 'desk', 'light'],
  ['compare', 'desk', 'light'],
  ['brand', 'phone', 'light'],
];
const all = Object.keys(pages).flatMap((name) =>
  Object.keys(sizes).flatMap((size) => ['light', 'dark'].map((theme) => [name, size, theme])),
);

await setup();
const out = options.out ?? join(root, options.readme ? 'docs/images' : '.cache/pictures');
const browser = await openBrowser();
const { startFeedpulse } = (await runnerImport(fileURLToPath(new URL('../../test/support/feedpulse.ts', import.meta.url)))).module;
const data = await mkdtemp(join(tmpdir(), 'feedpulse-pictures-'));
const running = await startFeedpulse(['--source', 'demo', '--data-dir', data]);
try {
  await mkdir(out, { recursive: true });
  await new Promise((resolve) => setTimeout(resolve, Number(options.settle ?? (options.readme ? 600 : 45)) * 1_000));
  for (const [name, size, colorScheme] of options.readme ? inReadme : all) {
    const context = await browser.newContext({ viewport: sizes[size], colorScheme, deviceScaleFactor: options.readme ? 1.5 : 1 });
    const page = await context.newPage();
    await page.goto(running.url + pages[name]);
    await page.locator('main.loaded').waitFor();
    // Wait until all queries are answered, lists are filled and animations have ended.
    await page.waitForFunction(() => document.querySelector('.skeleton') === null, undefined, { timeout: 60_000 });
    await page.waitForTimeout(4_000);
    const path = join(out, `${name}-${size}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: !options.readme });
    process.stdout.write(`${path}\n`);
    await context.close();
  }
} finally {
  await browser.close();
  await running.stop();
  await rm(data, { recursive: true, force: true });
}
