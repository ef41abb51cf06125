import type { Clock } from '../../lib/clock.ts';
import { hourMs } from '../../lib/duration.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../../sink/client/connection.ts';
import { describeError } from '../../sink/client/database-errors.ts';
import { putCalibration, readCalibrations, readFirstScored } from '../../sink/queries/calibrations.ts';
import { readHistories, type ScoringModel } from './calibrations.ts';

/** The first weeks of a brand end at some hour; nothing depends on which. */
const checkMs = hourMs;

interface KeepDeps {
  readonly db: Pick<Database, 'reader' | 'maintenance'>;
  readonly model: ScoringModel;
  /** Names. */
  readonly brands: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Stores the usual level of each brand once its first weeks are over, so that calibrated figures never change by themselves:
 * retention, a backfill or corrections would move it. Returns how many were stored.
 * @throws the database's errors
 */
export async function storeHistories({ db, model, brands }: Pick<KeepDeps, 'db' | 'model' | 'brands'>): Promise<number> {
  const known = new Set((await readCalibrations(db.reader, model.id)).flatMap(({ brand, basis }) => (basis === 'history' ? brand : [])));
  const missing = ['*', ...brands()].filter((brand) => !known.has(brand));
  if (missing.length === 0) return 0;
  const first = await readFirstScored(db.reader, model.id);
  const complete = (await readHistories(db.reader, model, missing, first)).flatMap(({ line, isComplete }) =>
    isComplete && line ? line : [],
  );
  for (const line of complete) await putCalibration(db.maintenance, line, { by: '' });
  return complete.length;
}

/** Calls `storeHistories` now and every hour; a failure is logged and tried again. */
export function keepHistories(deps: KeepDeps): { stop(): Promise<void> } {
  const { clock, log } = deps;
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const stored = await storeHistories(deps);
        if (stored > 0) log.info({ brands: stored }, 'usual net sentiment stored');
      } catch (error) {
        log.warn({ error: describeError(error) }, 'usual net sentiment could not be stored; retrying in an hour');
      }
      await clock.sleep(checkMs, stopping.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
