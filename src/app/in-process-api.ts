import { createModelCalibrations } from '../analytics/calibration/several-models.ts';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createMetrics } from '../lib/metrics.ts';
import { type ApiRequest, type ApiResponse, createInProcessApi } from '../server/http/in-process.ts';
import { createJobs } from '../server/jobs.ts';
import { openDatabase } from '../sink/client/connection.ts';
import { migrate } from '../sink/migrations/migrate.ts';
import { createRollups } from '../sink/rollups/rollups.ts';
import { openLiveBrands } from './brand-settings.ts';
import { withDemoBrands } from './demo-brands.ts';
import { readActiveModels, toScoringModels } from './local-models.ts';

/**
 * Opens the configured database and its API in this process. Rollups that requests made stale are recomputed before it
 * returns.
 * @throws what `openDatabase` and `callback` throw
 */
export async function useInProcessApi<T>(
  config: Config,
  log: Log,
  callback: (send: (request: ApiRequest) => Promise<ApiResponse>) => Promise<T>,
): Promise<T> {
  const { clickhouse, dataDir, retention } = config;
  const clock = systemClock;
  const db = await openDatabase({ clickhouse, dataDir, log });
  const jobs = createJobs(log);
  try {
    if (db.kind === 'embedded') await migrate(db, log);
    const brands = await openLiveBrands({ db, configured: withDemoBrands(config).brands, clock, log });
    const { catchUp } = createRollups({ db, clock, log, metrics: createMetrics(), retention });
    // The manifests alone: the models themselves are not needed. Without them nothing is calibrated.
    const models = await readActiveModels(config).catch(() => []);
    const maintenance = { db, clock, retention, matcher: brands.currentMatcher, jobs, catchUp, scoring: config.model, models };
    const { reader, heavyReader } = db;
    const calibrations = createModelCalibrations({ reader, models: toScoringModels(models), clock });
    const live = { brands: brands.list, brandSettings: brands };
    const send = createInProcessApi({ reader, heavyReader, clock, ...live, log, maintenance, config, calibrations });
    let hasChanged = false;
    const result = await callback((request) => {
      hasChanged ||= request.method !== 'GET';
      return send(request);
    });
    if (hasChanged) await catchUp();
    return result;
  } finally {
    await jobs.close();
    await db.close();
  }
}
