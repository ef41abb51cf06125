import { createEvaluator, type Evaluator } from '../alerts/evaluator.ts';
import { channelsOf, recipientsFor } from '../alerts/notify/channels.ts';
import { type OutboxParts, sendDue } from '../alerts/notify/outbox.ts';
import { rulesOf } from '../alerts/rules.ts';
import { type Config, milliseconds } from '../config/schema.ts';
import type { AlertTransition } from '../domain/alert.ts';
import type { Clock } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import type { EventBus, PostBus } from '../lib/event-bus.ts';
import type { Lease } from '../lib/lease.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../sink/client/connection.ts';
import { createFigures } from '../sink/queries/read-alert-figures.ts';
import { createAlertRecords } from '../sink/queries/read-alerts.ts';
import { createAlertStore } from '../sink/writer/alert-store.ts';
import { createFeedProgress } from '../sink/writer/feed-progress.ts';
import { createAlertContext } from './alert-context.ts';

const everyMs = 15_000;

export interface Alerts {
  /** Ends after the look or the message that is under way. What is not sent waits for the next start. */
  stop(): Promise<void>;
}

export interface AlertParts {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of every change. */
  readonly hub: EventBus<AlertTransition>;
  /** What this process stores: how far behind its part of the feed is. */
  readonly live: PostBus;
  /** Who judges and sends, of several processes. */
  readonly lease: Lease;
  readonly page: () => string;
  readonly isLive: () => boolean;
}

/**
 * Judges the rules beside the feed and tells who is to be told, until it is stopped; while another process has the
 * lease it only tells that one how far its own part of the feed is. A fault waits for the next round.
 */
export function startAlerts(parts: AlertParts): Alerts {
  const { config, db, clock, log, metrics, hub, live, lease } = parts;
  const stopping = new AbortController();
  const progress = createFeedProgress(db, clock);
  const leave = live.subscribe(progress.see);
  const { evaluator, outbox } = openJudge(parts);

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
  const round = async (): Promise<void> => {
    await attempt('progress', progress.store);
    if (!config.alerts.enabled || !lease.isHeld()) {
      metrics.alertsActive.set(0);
      return evaluator.forget();
    }
    await attempt('judge', look);
    if (lease.isHeld()) await attempt('send', () => sendDue(outbox));
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round();
      await clock.sleep(everyMs, stopping.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      leave();
      await running;
    },
  };
}

function openJudge({ config, db, clock, log, metrics, lease, page, isLive }: AlertParts): { evaluator: Evaluator; outbox: OutboxParts } {
  const store = createAlertStore(db);
  const records = createAlertRecords(db.reader);
  const channels = channelsOf(config.alerts);
  const evaluator = createEvaluator({
    figures: createFigures(db.reader),
    records,
    log: {
      ...store,
      // The look took its time, and the lease may have gone meanwhile.
      addChanges: async (changes) => {
        if (changes.length > 0 && !lease.isHeld()) throw new Error('the lease is gone: another process decides');
        await store.addChanges(changes);
      },
    },
    rules: rulesOf(config.alerts.rules, config.brands),
    tell: recipientsFor(config.alerts),
    noDataAfterMs: milliseconds(config.alerts.noDataAfter),
    clock,
    isLive,
  });
  const explain = createAlertContext({ reader: db.heavyReader, brands: config.brands, clock });
  return { evaluator, outbox: { records, log, attempts: store, channels, explain, page, clock, metrics } };
}
