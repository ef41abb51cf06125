import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configSchema } from '../../src/config/schema.ts';
import type { AlertTransition } from '../../src/domain/alert.ts';
import type { ScoredPost } from '../../src/domain/post.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { openDatabase } from '../../src/sink/client/connection.ts';
import { migrate } from '../../src/sink/migrations/migrate.ts';
import { createRollups } from '../../src/sink/rollups/rollups.ts';
import { createAlertStore } from '../../src/sink/writer/alert-store.ts';
import { createWriter } from '../../src/sink/writer/writer.ts';
import { type RunningFeedpulse, startFeedpulse } from './feedpulse.ts';
import { quiet } from './test-database.ts';

export interface StoredHistory {
  readonly posts: readonly ScoredPost[];
  readonly alerts?: readonly AlertTransition[];
  /** Lines of the NDJSON source; default: none. */
  readonly lines?: readonly string[];
  /** Content of feedpulse.yaml. */
  readonly config: object;
}

/** Starts feedpulse on a data directory with these posts and alerts, and an NDJSON source that ends. */
export async function startWithHistory(
  dataDir: string,
  { posts, alerts = [], lines = [], config }: StoredHistory,
): Promise<RunningFeedpulse> {
  const { clickhouse } = configSchema.parse({});
  const db = await openDatabase({ clickhouse, dataDir, log: quiet });
  await migrate(db, quiet);
  const deps = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(deps).write(posts);
  await createRollups(deps).catchUp();
  await createAlertStore(db).addTransitions(alerts);
  await db.close();
  await writeFile(join(dataDir, 'feedpulse.yaml'), JSON.stringify(config));
  await writeFile(join(dataDir, 'posts.ndjson'), lines.map((line) => `${line}\n`).join(''));
  const source = ['--source', 'ndjson', '--in', join(dataDir, 'posts.ndjson')];
  return startFeedpulse([...source, '--data-dir', dataDir, '--config', join(dataDir, 'feedpulse.yaml')]);
}
