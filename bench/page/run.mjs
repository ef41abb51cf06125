import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';
import { withFeedpulse } from '../lib/with-feedpulse.mjs';
import { fillOnce } from '../trends/fill-once.mjs';
import { openBrowser } from './open-browser.mjs';

const help = `Measures the web UI in a real browser over a year of synthetic posts; fails if a limit is exceeded.

  --posts N    posts in the history, over a year and 50 brands (default: 1000000)
  --rounds N   measurements of each kind (default: 20)
  --json       print the results as one JSON object instead of a table

The history is cached in .cache/bench-trends/N for a week.
`;
const { values: options } = parseArgs({
  options: {
    posts: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

const idleMs = 1_000;

await setup();
const rounds = Number(options.rounds);
const history = await fillOnce({ posts: Number(options.posts), fresh: false });
const browser = await openBrowser();
const rows = await withFeedpulse(history.folder, async (url) => [...(await firstLoads(url)), await rangeChanges(url)]);
await browser.close();

const missed = rows.filter(({ p95, limit }) => p95 > limit);
const results = { machine: machine(), posts: history.posts, measured: rows };
process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : `${table(results)}\n`);
if (missed.length > 0) {
  process.stderr.write(`limit exceeded: ${missed.map(({ name }) => name).join('; ')}\n`);
  process.exitCode = 1;
}

/** Bytes over the wire and time until metrics are shown and a click is handled, each with an empty cache. */
async function firstLoads(url) {
  const [bytes, times] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    const page = await context.newPage();
    const watch = await context.newCDPSession(page);
    await watch.send('Network.enable');
    let transferred = 0;
    const files = new Set();
    watch.on('Network.responseReceived', ({ requestId, response }) => response.url.includes('/api/') || files.add(requestId));
    watch.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (files.has(requestId)) transferred += encodedDataLength;
    });
    const started = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator('.stat-card .value').first().waitFor();
    await page.locator('.chart canvas').first().waitFor();
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    times.push(performance.now() - started);
    bytes.push(transferred / 1_000);
    await context.close();
    // Requests of the closed page are still being answered: wait until the server is idle.
    await sleep(idleMs);
  }
  return [
    { name: 'first load: compressed size', unit: 'kB', limit: 200, ...quantiles(bytes) },
    { name: 'first load: metrics, charts, and a click handled', unit: 'ms', limit: 1_500, ...quantiles(times) },
  ];
}

/** From a click on a range until its metrics and charts are drawn. */
async function rangeChanges(url) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage();
  const times = [];
  const ranges = ['7d', '365d', '30d', '24h', '1h'];
  for (const brand of [...history.brands.slice(0, Math.ceil(rounds / ranges.length) + 1)]) {
    await page.goto(`${url}/?${new URLSearchParams({ brand })}`);
    await page.locator('.chart canvas').first().waitFor();
    for (const range of ranges) times.push(await page.evaluate(changeTo, range));
  }
  // The first brand warms up the caches.
  return { name: 'range change: metrics and charts redrawn', unit: 'ms', limit: 300, ...quantiles(times.slice(ranges.length)) };
}

/** Runs in the browser. */
function changeTo(range) {
  const isDrawn = () =>
    document.querySelectorAll('.stat-cards, .history').length === 2 &&
    [...document.querySelectorAll('.stat-cards, .history')].every((part) => !part.closest('.stale')) &&
    document.querySelectorAll('.history canvas').length === 2;
  return new Promise((resolve) => {
    const started = performance.now();
    document.querySelector(`input[name="range"][value="${range}"]`).click();
    const look = () => (isDrawn() ? requestAnimationFrame(() => resolve(performance.now() - started)) : requestAnimationFrame(look));
    requestAnimationFrame(() => requestAnimationFrame(look));
  });
}

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]);
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

function table({ machine: facts, posts, measured }) {
  const head = `${machineLine(facts)}
${posts.toLocaleString('en')} posts over a year; ${rounds} rounds
`;
  const width = Math.max(...measured.map(({ name }) => name.length));
  const rowsOf = measured.map(({ name, unit, limit, ...results }) =>
    [name.padEnd(width), ...[results.p50, results.p95, results.max, limit].map((value) => `${value} ${unit}`.padStart(10))].join(''),
  );
  return [head, `${' '.repeat(width)}${['p50', 'p95', 'max', 'limit'].map((title) => title.padStart(10)).join('')}`, ...rowsOf].join('\n');
}
