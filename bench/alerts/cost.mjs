import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvaluator } from '../../dist/alerts/evaluator.js';
import { rulesOf } from '../../dist/alerts/rules.js';
import { configSchema } from '../../dist/config/schema.js';
import { createLog } from '../../dist/lib/log.js';
import { openDatabase } from '../../dist/sink/client/connection.js';
import { migrate } from '../../dist/sink/migrations/migrate.js';
import { createFigures } from '../../dist/sink/queries/read-alert-figures.js';
import { createAlertRecords } from '../../dist/sink/queries/read-alerts.js';
import { createAlertStore } from '../../dist/sink/writer/alert-store.js';

const minute = 60_000;
const brands = 500;
const rules = [
  { name: 'volume', metric: 'volume' },
  { name: 'sentiment', metric: 'netSentiment' },
  { name: 'storm', metric: 'negativeVolume' },
];

/**
 * What a look takes over the figures of 500 brands and eight weeks in a real database, embedded.
 * @returns { pairs, firstMs, nextMs } of rules times brands: the first look of a quarter-hour, for which the past is read,
 *   and those after it
 */
export async function measureLooks() {
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-bench-alerts-'));
  const log = createLog('silent');
  const config = configSchema.parse({
    dataDir: folder,
    brands: Array.from({ length: brands }, (_, index) => ({ name: `Brand ${index}` })),
    alerts: { rules },
  });
  const db = await openDatabase({ clickhouse: config.clickhouse, dataDir: folder, log });
  try {
    await migrate(db, log);
    const start = Math.floor(Date.now() / (15 * minute)) * 15 * minute;
    await fill(db.upkeep, start);
    let now = start;
    const evaluator = createEvaluator({
      figures: createFigures(db.reader),
      records: createAlertRecords(db.reader),
      log: createAlertStore(db),
      rules: rulesOf(config.alerts.rules, config.brands),
      tell: () => [],
      noDataAfterMs: 30 * minute,
      clock: { now: () => now },
      isLive: () => true,
    });
    const lookAt = async (time) => {
      now = time;
      const began = performance.now();
      const { judged } = await evaluator.evaluate();
      if (judged !== brands * rules.length) throw new Error(`${judged} of ${brands * rules.length} were judged`);
      return performance.now() - began;
    };
    const firstMs = await lookAt(start - 9 * minute);
    const next = [];
    for (let ago = 8; ago >= 1; ago -= 1) next.push(await lookAt(start - ago * minute));
    return { pairs: brands * rules.length, firstMs, nextMs: next.sort((a, b) => a - b)[Math.floor(next.length / 2)] };
  } finally {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Eight weeks of quarter-hours on four platforms, and two hours of minutes; of `*` and of every brand. */
async function fill(client, start) {
  const columns = 'negative, neutral, positive, unscored, version';
  const counts = "20 + rand() % 10, 40 + rand() % 10, 40 + rand() % 10, 5, now64(6, 'UTC')";
  const brand = `if(number % ${brands + 1} = 0, '*', concat('Brand ', toString(number % ${brands + 1} - 1)))`;
  const quarters = 57 * 96;
  for (const platform of ['chirp', 'forum', 'clips', 'reviews'])
    await client.command({
      query: `INSERT INTO rollup_15m (bucket, brand, platform, lang, ${columns})
        SELECT toDateTime(${start / 1_000} - 900 * intDiv(number, ${brands + 1}), 'UTC'), ${brand}, '${platform}', 'en', ${counts}
        FROM numbers(${quarters * (brands + 1)})`,
    });
  await client.command({
    query: `INSERT INTO rollup_minute (minute, brand, ${columns})
      SELECT toDateTime(${start / 1_000} - 60 * intDiv(number, ${brands + 1}), 'UTC'), ${brand}, ${counts} FROM numbers(${120 * (brands + 1)})`,
  });
}
