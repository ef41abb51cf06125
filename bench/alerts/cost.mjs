import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvaluator } from '../../dist/alerts/evaluator.js';
import { resolveRules } from '../../dist/alerts/rules.js';
import { configSchema } from '../../dist/config/schema.js';
import { createLog } from '../../dist/lib/log.js';
import { openDatabase } from '../../dist/sink/client/connection.js';
import { migrate } from '../../dist/sink/migrations/migrate.js';
import { createAlertCounts } from '../../dist/sink/queries/alert-counts.js';
import { createAlertReader } from '../../dist/sink/queries/alerts.js';
import { createAlertStore } from '../../dist/sink/writer/alert-store.js';

const minute = 60_000;
const brands = 500;
const rules = [
  { name: 'volume', metric: 'volume' },
  { name: 'sentiment', metric: 'netSentiment' },
  { name: 'storm', metric: 'negativeVolume' },
];

/**
 * Measures an evaluation of 500 brands with eight weeks of history in a real, embedded database.
 * @returns { pairs, firstMs, firstCpuMs, nextMs } for rules times brands: the first evaluation, which reads the history, with its
 *   CPU time, and the ones after it
 */
export async function measureEvaluations() {
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
    await fill(db.maintenance, start);
    let now = start;
    const evaluator = createEvaluator({
      counts: createAlertCounts(db.reader),
      records: createAlertReader(db.reader),
      store: createAlertStore(db),
      rules: resolveRules(config.alerts.rules, config.brands),
      recipientsFor: () => [],
      noDataAfterMs: 30 * minute,
      clock: { now: () => now },
      isLive: () => true,
    });
    const evaluateAt = async (time) => {
      now = time;
      const began = performance.now();
      const { evaluatedPairs } = await evaluator.evaluate();
      if (evaluatedPairs !== brands * rules.length) throw new Error(`evaluated ${evaluatedPairs} of ${brands * rules.length} pairs`);
      return performance.now() - began;
    };
    const cpuBefore = process.cpuUsage();
    const firstMs = await evaluateAt(start - 9 * minute);
    const { user, system } = process.cpuUsage(cpuBefore);
    const next = [];
    for (let ago = 8; ago >= 1; ago -= 1) next.push(await evaluateAt(start - ago * minute));
    return {
      pairs: brands * rules.length,
      firstMs,
      firstCpuMs: (user + system) / 1_000,
      nextMs: next.sort((a, b) => a - b)[Math.floor(next.length / 2)],
    };
  } finally {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Eight weeks of 15-minute buckets on four platforms, and two hours of minutes; for `*` and every brand. */
async function fill(client, start) {
  const columns = 'negative, neutral, positive, unscored, version';
  const counts = "20 + rand() % 10, 40 + rand() % 10, 40 + rand() % 10, 5, now64(6, 'UTC')";
  const brand = `if(number % ${brands + 1} = 0, '*', concat('Brand ', toString(number % ${brands + 1} - 1)))`;
  const buckets = 57 * 96;
  for (const platform of ['chirp', 'forum', 'clips', 'reviews'])
    await client.command({
      query: `INSERT INTO rollup_15m (bucket, brand, platform, lang, ${columns})
        SELECT toDateTime(${start / 1_000} - 900 * intDiv(number, ${brands + 1}), 'UTC'), ${brand}, '${platform}', 'en', ${counts}
        FROM numbers(${buckets * (brands + 1)})`,
    });
  await client.command({
    query: `INSERT INTO rollup_minute (minute, brand, ${columns})
      SELECT toDateTime(${start / 1_000} - 60 * intDiv(number, ${brands + 1}), 'UTC'), ${brand}, ${counts} FROM numbers(${120 * (brands + 1)})`,
  });
}
