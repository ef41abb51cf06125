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
  /** Lines that the feed brings at the start; none when absent. */
  readonly lines?: readonly string[];
  /** Of feedpulse.yaml. */
  readonly config: object;
}

/** Runs the program over a folder that already holds posts and alerts, and a feed that is soon at its end. */
export async function startWithHistory(
  folder: string,
  { posts, alerts = [], lines = [], config }: StoredHistory,
): Promise<RunningFeedpulse> {
  const { clickhouse } = configSchema.parse({});
  const db = await openDatabase({ clickhouse, dataDir: folder, log: quiet });
  await migrate(db, quiet);
  const parts = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(parts).write(posts);
  await createRollups(parts).settle();
  await createAlertStore(db).addTransitions(alerts);
  await db.close();
  await writeFile(join(folder, 'feedpulse.yaml'), JSON.stringify(config));
  await writeFile(join(folder, 'feed.ndjson'), lines.map((line) => `${line}\n`).join(''));
  const source = ['--source', 'ndjson', '--in', join(folder, 'feed.ndjson')];
  return startFeedpulse([...source, '--data-dir', folder, '--config', join(folder, 'feedpulse.yaml')]);
}
