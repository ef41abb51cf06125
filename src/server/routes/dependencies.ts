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
  /** The brands in force; they may change at any time. */
  readonly brands: () => readonly BrandConfig[];
  readonly calibrations: Calibrations;
}

/** A brand, and where it is defined. */
export interface BrandEntry {
  readonly brand: BrandConfig;
  /** Whether it is in the config, and can only be changed there. */
  readonly isConfigured: boolean;
  /** Who changed it last, unless it is in the config. */
  readonly changedBy?: string;
  /** Milliseconds since 1970. */
  readonly changedAt?: number;
}

/** The brands, those of the config first. Changes are in force when the promise resolves. */
export interface BrandSettings {
  entries(): readonly BrandEntry[];
  /** Adds a brand or replaces the one with its name. @throws USAGE if it is in the config or differs in case from another */
  put(brand: BrandConfig, by: string): Promise<void>;
  /** Returns false if there is no such brand. @throws USAGE if it is in the config */
  remove(name: string, by: string): Promise<boolean>;
}

/** Dependencies of routes that modify stored posts. */
export interface MaintenanceDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** The matcher for the brands in force. */
  readonly matcher: () => Matcher;
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
  readonly brandSettings: BrandSettings;
  readonly config: { readonly alerts: AlertsConfig };
}
