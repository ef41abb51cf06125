import type { AlertChange } from '../alert.ts';
import { channelsOf } from '../alerts/channels.ts';
import { createEvaluator } from '../alerts/evaluator.ts';
import { type OutboxParts, sendDue } from '../alerts/outbox.ts';
import { createAlertRecords } from '../alerts/read-alerts.ts';
import { createFigures } from '../alerts/read-figures.ts';
import { rulesOf } from '../alerts/rules.ts';
import type { Clock } from '../clock.ts';
import { type Config, milliseconds } from '../config.ts';
import { asError } from '../errors.ts';
import type { Hub } from '../live-hub.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { createAlertStore } from '../sink/alert-store.ts';
import type { Database } from '../sink/connection.ts';
import { createExplanations } from './explain-change.ts';

const everyMs = 15_000;

export interface Alerts {
  /** Ends after the look or the message that is under way. What is not sent waits for the next start. */
  stop(): Promise<void>;
}

/** Judges the rules beside the feed and tells who is to be told, until it is stopped. A fault of either waits for the next round. */
export function startAlerts(parts: {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of every change. */
  readonly hub: Hub<AlertChange>;
  readonly page: () => string;
  readonly isLive: () => boolean;
}): Alerts {
  const { config, db, clock, log, metrics, hub, page, isLive } = parts;
  if (!config.alerts.evaluate) return { stop: async () => {} };
  const stopping = new AbortController();
  const store = createAlertStore(db);
  const records = createAlertRecords(db.reader);
  const channels = channelsOf(config.alerts);
  const evaluator = createEvaluator({
    figures: createFigures(db.reader),
    records,
    log: store,
    rules: rulesOf(config.alerts.rules, config.brands),
    channels: [...channels.keys()],
    noDataAfterMs: milliseconds(config.alerts.noDataAfter),
    clock,
    isLive,
  });
  const explain = createExplanations({ reader: db.reader, brands: config.brands, clock });
  const outbox: OutboxParts = { records, log, attempts: store, channels, explain, page, clock, metrics };

  const look = async (): Promise<void> => {
    const stopTimer = metrics.alertSeconds.startTimer();
    const { changes, judged } = await evaluator.evaluate();
    stopTimer();
    metrics.alertEvaluations.inc(judged);
    metrics.alertsActive.set(evaluator.active());
    for (const { kind, rule, brand, alert, channels: told } of changes) log.info({ kind, rule, brand, alert, told }, 'alert');
    hub.publish(changes);
  };
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      log.warn({ what, fault: asError(thrown).message }, 'alerts are behind');
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await attempt('judge', look);
      await attempt('send', () => sendDue(outbox));
      await clock.sleep(everyMs, stopping.signal);
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
