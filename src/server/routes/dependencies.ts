import type { ClickHouseClient } from '@clickhouse/client';
import type { Calibrations } from '../../analytics/calibration/calibrations.ts';
import type { AlertsConfig } from '../../config/alerts.ts';
import type { BrandConfig, Config } from '../../config/schema.ts';
import type { ActiveModel } from '../../infer/loaded-model.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../../sink/client/connection.ts';
import type { Matcher } from '../../sink/maintenance/reapply-brands.ts';
import type { Retention } from '../../sink/maintenance/retention.ts';
import type { Jobs } from '../jobs.ts';

/** Dependencies of read-only routes. */
export interface QueryDeps {
  readonly reader: ClickHouseClient;
  /** For slow queries over posts, so that metrics do not wait for them. */
  readonly heavyReader: ClickHouseClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly brands: readonly BrandConfig[];
  readonly calibrations: Calibrations;
}

/** Dependencies of routes that modify stored posts. */
export interface MaintenanceDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly matcher: Matcher;
  /** How posts are rescored. */
  readonly scoring: Pick<Config['model'], 'earlyExit' | 'targetSentiment'>;
  /** The models that score new posts; none if the manifests cannot be read. */
  readonly models: readonly ActiveModel[];
  readonly retention: Retention;
  readonly jobs: Jobs;
  /** Recomputes dirty rollups now; absent if the process does so in the background. */
  readonly catchUp?: () => Promise<void>;
}

/** Dependencies of all API routes, over HTTP and in process. */
export interface ApiDeps extends QueryDeps {
  readonly maintenance: MaintenanceDeps;
  readonly log: Log;
  readonly config: { readonly alerts: AlertsConfig };
}
