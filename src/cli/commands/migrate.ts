import type { Command } from 'commander';
import { createLog } from '../../lib/log.ts';
import { openDatabase } from '../../sink/client/connection.ts';
import { applyRetention } from '../../sink/maintenance/retention.ts';
import { migrate } from '../../sink/migrations/migrate.ts';
import { loadCommandConfig, type SharedOptions, withSharedOptions } from '../options.ts';

export function defineMigrateCommand(command: Command): void {
  withSharedOptions(command).action(async (options: SharedOptions) => {
    const config = loadCommandConfig(options);
    const log = createLog(config.log.level);
    const db = await openDatabase({ clickhouse: config.clickhouse, dataDir: config.dataDir, log });
    try {
      const { applied, alreadyApplied } = await migrate(db, log);
      await applyRetention(db, config.retention, log);
      for (const name of applied) process.stdout.write(`applied ${name}\n`);
      process.stdout.write(`${applied.length} migrations applied, ${alreadyApplied.length} already applied.\n`);
    } finally {
      await db.close();
    }
  });
}
