import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertChange } from '../../src/alert.ts';
import { systemClock } from '../../src/clock.ts';
import { configSchema } from '../../src/config.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createAlertStore } from '../../src/sink/alert-store.ts';
import { openDatabase } from '../../src/sink/connection.ts';
import { migrate } from '../../src/sink/migrate.ts';
import { createRollups } from '../../src/sink/rollups.ts';
import { createWriter } from '../../src/sink/writer.ts';
import { launchChromium } from '../support/chromium.ts';
import { type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { scoredPost } from '../support/scored-post.ts';
import { quiet } from '../support/test-database.ts';

const hostile = '<img src=x onerror=alert(1)> \u202eKestrel';
const minute = 60_000;
const hour = 60 * minute;
const now = Date.now();

let browser: Browser;
let running: RunningFeedpulse;
let folder: string;

function change(number: number, kind: AlertChange['kind'], brand: string, at: number): AlertChange {
  const id = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
  const verdict = {
    what: 'netSentiment',
    direction: 'down',
    observed: -41.4,
    expected: 12,
    low: -3,
    high: 27,
    z: -5.2,
    posts: 212,
  } as const;
  return {
    ...{
      id: id(2 * number + Number(kind === 'resolved')),
      alert: id(2 * number),
      kind,
      rule: 'sentiment',
      brand,
      severity: 'warning',
      at,
      channels: [],
    },
    verdict: { ...verdict, from: at - 15 * minute, to: at, baseline: null },
    state: { status: 'ok', since: at },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-page-alerts-'));
  const { clickhouse } = configSchema.parse({});
  const db = await openDatabase({ clickhouse, dataDir: folder, log: quiet });
  await migrate(db, quiet);
  const parts = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const posts = Array.from({ length: 60 }, (_, index) =>
    scoredPost({ id: `${index}`, createdAt: new Date(now - index * 4 * minute).toISOString(), brands: ['Kestrel'] }),
  );
  await createWriter(parts).write(posts);
  await createRollups(parts).settle();
  await createAlertStore(db).addChanges([
    change(1, 'alert', hostile, now - 5 * hour),
    change(1, 'resolved', hostile, now - 4 * hour),
    change(2, 'alert', 'Kestrel', now - 20 * minute),
  ]);
  await db.close();
  await writeFile(join(folder, 'feedpulse.yaml'), JSON.stringify({ brands: [{ name: 'Kestrel' }] }));
  await writeFile(join(folder, 'nothing.ndjson'), '');
  const source = ['--source', 'ndjson', '--in', join(folder, 'nothing.ndjson')];
  running = await startFeedpulse([...source, '--data', folder, '--config', join(folder, 'feedpulse.yaml')]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${running.url}${path}`);
  await page.locator('body.loaded').waitFor();
  return page;
}

test('alerts of the range are told, the one that is on first; a click shows its brand at that time', async () => {
  const page = await open('/');
  const items = page.locator('#alerts li');
  await expect.poll(() => items.count()).toBe(2);
  const [first = '', second = ''] = await items.allTextContents();
  expect(first).toMatch(/^Kestrel: net sentiment fell to −41, \+12 expected.*still on · 212 posts$/);
  expect(second).toContain(`${hostile}: net sentiment fell`);
  expect(second).toMatch(/for 60 min/);
  expect(await page.locator('#alerts img').count()).toBe(0);

  await items.first().getByRole('button').click();
  await expect.poll(() => page.inputValue('#brand')).toBe('Kestrel');
  const query = new URL(page.url()).searchParams;
  expect(Date.parse(query.get('from') ?? '')).toBeLessThan(now - 3 * hour);
  expect(Date.parse(query.get('to') ?? '')).toBeGreaterThan(now);
  await expect.poll(() => items.count()).toBe(1);
});

/** Where a chart has the tint of alerts, from left to right, 0 to 1; null where it has none. In the page there are no types of it. */
const tinted = (page: Page): Promise<[number, number] | null> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('#volume-chart canvas');
    const pixels = canvas.getContext('2d').getImageData(0, 30, canvas.width, 1).data;
    const isTinted = (x) => pixels[4 * x + 3] > 5 && pixels[4 * x] - pixels[4 * x + 2] > 40;
    const columns = Array.from({ length: canvas.width }, (_, x) => x).filter(isTinted);
    return columns.length > 0 ? [columns[0] / canvas.width, columns.at(-1) / canvas.width] : null;
  })()`);

test('the charts of a brand show from when to when an alert was on', async () => {
  const page = await open('/?brand=Kestrel&range=1h');
  await expect.poll(() => tinted(page)).not.toBeNull();
  const [left = 0, right = 0] = (await tinted(page)) ?? [];
  // Since twenty minutes ago, until now.
  expect(left).toBeGreaterThan(0.5);
  expect(right).toBeGreaterThan(0.9);
  await page.selectOption('#brand', '*');
  await expect.poll(() => tinted(page)).toBeNull();
});
