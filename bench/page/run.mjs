import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';
import { runOn } from '../lib/run-on.mjs';
import { fillOnce } from '../trends/fill-once.mjs';
import { openBrowser } from './open-browser.mjs';

const help = `Measures the page in a real browser over a year of made-up posts; fails where a limit is missed.

  --posts N    posts of the history, over a year and 50 brands (default: 1000000)
  --rounds N   how often each is measured (default: 20)
  --json       the figures as one JSON object, without the table

The history is kept in .cache/bench-trends/N for a week and used again.
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

const restMs = 1_000;

await setup();
const rounds = Number(options.rounds);
const history = await fillOnce({ posts: Number(options.posts), fresh: false });
const browser = await openBrowser();
const rows = await runOn(history.folder, async (url) => [...(await firstLoads(url)), await rangeChanges(url)]);
await browser.close();

const missed = rows.filter(({ p95, limit }) => p95 > limit);
const figures = { machine: machine(), posts: history.posts, measured: rows };
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${table(figures)}\n`);
if (missed.length > 0) {
  process.stderr.write(`missed: ${missed.map(({ name }) => name).join('; ')}\n`);
  process.exitCode = 1;
}

/** Bytes over the wire and time until the figures stand and a click is heeded, each time with nothing in the cache. */
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
    await page.locator('.tile .value').first().waitFor();
    await page.locator('.chart canvas').first().waitFor();
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    times.push(performance.now() - started);
    bytes.push(transferred / 1_000);
    await context.close();
    // What the page was asking for when it was closed is still being answered: the next one finds the program at rest.
    await sleep(restMs);
  }
  return [
    { name: 'first load: compressed bytes of the page', unit: 'kB', limit: 200, ...percentiles(bytes) },
    { name: 'first load: figures, charts, and a click heeded', unit: 'ms', limit: 1_500, ...percentiles(times) },
  ];
}

/** From a click on a range until its figures and charts are drawn. */
async function rangeChanges(url) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage();
  const times = [];
  const ranges = ['7d', '365d', '30d', '24h', '1h'];
  for (const brand of [...history.brands.slice(0, Math.ceil(rounds / ranges.length) + 1)]) {
    await page.goto(`${url}/?${new URLSearchParams({ brand })}`);
    await page.locator('.chart canvas').first().waitFor();
    for (const range of ranges) times.push(await page.evaluate(changeTo, range));
  }
  // The first brand warms up what is asked for.
  return { name: 'a range is changed: figures and charts redrawn', unit: 'ms', limit: 300, ...percentiles(times.slice(ranges.length)) };
}

/** Runs in the page. */
function changeTo(range) {
  const isDrawn = () =>
    document.querySelectorAll('.tiles, .history').length === 2 &&
    [...document.querySelectorAll('.tiles, .history')].every((part) => !part.closest('.stale')) &&
    document.querySelectorAll('.history canvas').length === 2;
  return new Promise((resolve) => {
    const started = performance.now();
    document.querySelector(`input[name="range"][value="${range}"]`).click();
    const look = () => (isDrawn() ? requestAnimationFrame(() => resolve(performance.now() - started)) : requestAnimationFrame(look));
    requestAnimationFrame(() => requestAnimationFrame(look));
  });
}

function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]);
  return { p50: at(0.5), p95: at(0.95), most: at(1) };
}

function table({ machine: facts, posts, measured }) {
  const head = `${machineLine(facts)}
${posts.toLocaleString('en')} posts of a year; ${rounds} rounds
`;
  const width = Math.max(...measured.map(({ name }) => name.length));
  const rowsOf = measured.map(({ name, unit, limit, ...figures }) =>
    [name.padEnd(width), ...[figures.p50, figures.p95, figures.most, limit].map((value) => `${value} ${unit}`.padStart(10))].join(''),
  );
  return [head, `${' '.repeat(width)}${['p50', 'p95', 'most', 'limit'].map((title) => title.padStart(10)).join('')}`, ...rowsOf].join('\n');
}
