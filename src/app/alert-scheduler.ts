import { createEventReader } from '../alerts/calendar.ts';
import { createEvaluator, type Evaluator, type EvaluatorDeps } from '../alerts/evaluator.ts';
import { createAlertContext } from '../alerts/notify/alert-context.ts';
import { createChannels, recipientsFor } from '../alerts/notify/channels.ts';
import { createOutbox, type Outbox } from '../alerts/notify/outbox.ts';
import { type Rule, resolveRules } from '../alerts/rules.ts';
import { thresholdsOf } from '../alerts/sensitivity.ts';
import type { Calibrations } from '../analytics/calibration/calibrations.ts';
import { type BrandConfig, type Config, toMilliseconds } from '../config/schema.ts';
import { type AlertTransition, noDataRuleName } from '../domain/alert.ts';
import type { ScoredPost } from '../domain/post.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import { type ClockSteps, createClockSteps } from '../lib/clock-steps.ts';
import { asError } from '../lib/errors.ts';
import type { EventBus } from '../lib/event-bus.ts';
import type { Lease } from '../lib/lease.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../sink/client/connection.ts';
import { createAlertCounts } from '../sink/queries/alert-counts.ts';
import { type AlertReader, createAlertReader } from '../sink/queries/alerts.ts';
import { createEvaluationReader } from '../sink/queries/evaluations.ts';
import { createAlertStore } from '../sink/writer/alert-store.ts';
import { putEvaluations } from '../sink/writer/evaluation-store.ts';
import { createPartitionDelays } from '../sink/writer/partition-delays.ts';
import { createHistoryEvaluator, type HistoryEvaluator, type HistoryEvaluatorDeps } from './evaluate-history.ts';

const intervalMs = 15_000;
/** Pause after a slice of history: at least a second, and long enough that history takes a quarter of the main thread at most. */
const minHistoryPauseMs = 1_000;
const historyPauseFactor = 3;

export interface AlertScheduler {
  /** Resolves after the evaluation in progress. Deliveries in progress are aborted; they are sent after the next start. */
  stop(): Promise<void>;
}

export interface AlertSchedulerDeps {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Receives every transition. */
  readonly events: EventBus<AlertTransition>;
  /** Posts that this process stores, to measure the delay of its partitions. */
  readonly storedPosts: EventBus<ScoredPost>;
  /** Elects the one process that evaluates and sends. */
  readonly lease: Lease;
  /** URL of the web UI. */
  readonly baseUrl: () => string;
  readonly calibrations: Calibrations;
  /** The brands in force; another array after a change. */
  readonly brands: () => readonly BrandConfig[];
  /** False once the source has ended. */
  readonly isLive: () => boolean;
}

/**
 * Evaluates the rules and delivers notifications until it is stopped. Without the lease this process only stores the
 * progress of its own partitions, which the evaluating process reads. Errors are logged; the next round tries again.
 */
export function startAlertScheduler(deps: AlertSchedulerDeps): AlertScheduler {
  const { config, db, clock, log, metrics, events, storedPosts, lease } = deps;
  const stopping = new AbortController();
  const steps = createClockSteps(clock);
  const clockOffsets = steps.offsets;
  const progress = createPartitionDelays(db, { clock, clockOffsets });
  const unsubscribe = storedPosts.subscribe(progress.record);
  const { evaluator, history, outbox } = createAlerting({ ...deps, clockOffsets });

  const evaluate = async (): Promise<void> => {
    const stopTimer = metrics.alertSeconds.startTimer();
    const current = evaluator();
    const { transitions, evaluations, evaluatedPairs } = await current.evaluate();
    stopTimer();
    metrics.alertEvaluations.inc(evaluatedPairs);
    metrics.alertsActive.set(current.countActive());
    for (const { kind, rule, brand, alert, channels } of transitions)
      log.info({ rule, brand, alert, channels }, `alert ${kind === 'alert' ? 'started' : kind}`);
    events.publish(transitions);
    await putEvaluations(db, evaluations, true);
  };
  const attempt = async (step: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      if (stopping.signal.aborted) return;
      log.warn({ step, error: asError(thrown).message }, 'alert scheduler step failed; retrying in the next round');
    }
  };
  const checkClock = (): void => {
    const stepMs = steps.check();
    if (stepMs === 0) return;
    log.warn({ seconds: stepMs / 1_000 }, 'the system clock was set, or the machine was suspended; alerts go on from the new time');
    progress.onClockStep(stepMs);
    evaluator().onClockStep();
  };
  const runRound = async (): Promise<void> => {
    checkClock();
    await attempt('progress', progress.flush);
    if (!config.alerts.enabled || !lease.isHeld()) {
      metrics.alertsActive.set(0);
      return evaluator().reset();
    }
    await attempt('evaluate', evaluate);
    // Not awaited: a receiver that does not answer must not hold up the evaluation.
    if (lease.isHeld()) void attempt('deliver', outbox.deliver);
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await runRound();
      await clock.sleep(intervalMs, stopping.signal);
    }
  };
  const evaluateHistory = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let hasMore = false;
      const step = async (): Promise<void> => {
        hasMore = await history().step(stopping.signal);
      };
      const startedAt = monotonicNow(clock);
      if (config.alerts.enabled && lease.isHeld()) await attempt('evaluate history', step);
      const pauseMs = Math.max(minHistoryPauseMs, historyPauseFactor * (monotonicNow(clock) - startedAt));
      await clock.sleep(hasMore ? pauseMs : intervalMs, stopping.signal);
    }
  };
  const running = [run(), evaluateHistory()];
  return {
    stop: async () => {
      stopping.abort();
      unsubscribe();
      await Promise.all([...running, outbox.stop()]);
    },
  };
}

interface Alerting {
  /** For the brands in force. */
  readonly evaluator: () => Evaluator;
  readonly history: () => HistoryEvaluator;
  readonly outbox: Outbox;
}

function createAlerting(deps: AlertSchedulerDeps & { readonly clockOffsets: ClockSteps['offsets'] }): Alerting {
  const { config, db, clock, log, metrics, lease, baseUrl, isLive, calibrations, brands } = deps;
  const store = createAlertStore(db);
  const records = createAlertReader(db.reader);
  const rules = oncePerChange(brands, () => resolveRules(config.alerts.rules, brands()));
  const noDataAfterMs = toMilliseconds(config.alerts.noDataAfter);
  const readEvents = createEventReader(config.alerts, records);
  const readThresholds = async () => thresholdsOf(await records.readSensitivities());
  const evaluatorDeps: Omit<EvaluatorDeps, 'rules'> = {
    counts: createAlertCounts(db.reader),
    records,
    readEvents,
    readThresholds,
    store: {
      ...store,
      // The lease may have been lost during the evaluation.
      addTransitions: async (transitions) => {
        if (transitions.length > 0 && !lease.isHeld())
          throw new Error('Lost the alert lease during evaluation; another process has taken over.');
        await store.addTransitions(transitions);
      },
    },
    recipientsFor: recipientsFor(config.alerts),
    noDataAfterMs,
    clock,
    clockOffsets: deps.clockOffsets,
    isLive,
    calibrations,
  };
  const evaluator = oncePerChange(brands, () => createEvaluator({ ...evaluatorDeps, rules: rules() }));
  const historyDeps: Omit<HistoryEvaluatorDeps, 'rules'> = {
    counts: createAlertCounts(db.heavyReader),
    evaluations: createEvaluationReader(db.heavyReader),
    putEvaluations: (evaluations) => putEvaluations(db, evaluations, false),
    ...{ noDataAfterMs, readEvents, readThresholds, clock, calibrations },
  };
  const history = oncePerChange(brands, () => createHistoryEvaluator({ ...historyDeps, rules: rules() }));
  const channels = createChannels(config.alerts);
  const contextOf = createAlertContext({ reader: db.heavyReader, brands, readEvents, calibrations });
  const readFiring = () => readFiringAlerts(records, rules(), clock.now());
  return { evaluator, history, outbox: createOutbox({ records, readFiring, log, store, channels, contextOf, baseUrl, clock, metrics }) };
}

/** Creates a value again after the brands have changed. */
function oncePerChange<T>(brands: () => readonly BrandConfig[], create: () => T): () => T {
  let [createdFor, value] = [brands(), create()];
  return () => {
    if (brands() !== createdFor) [createdFor, value] = [brands(), create()];
    return value;
  };
}

/**
 * The latest report about each alert that is firing. An alert of a rule that is not configured any more is not: nothing would
 * ever resolve it.
 */
export async function readFiringAlerts(
  records: Pick<AlertReader, 'listAlerts'>,
  rules: readonly Rule[],
  now: number,
): Promise<AlertTransition[]> {
  const isConfigured = (rule: string, brand: string): boolean =>
    rule === noDataRuleName || rules.some(({ name, brands }) => name === rule && brands.some((one) => one.name === brand));
  const alerts = await records.listAlerts({ from: 0, to: now + 1, active: true, limit: 1_000 });
  return alerts
    .filter(({ rule, brand }) => isConfigured(rule, brand))
    .map(({ updates = [], ...alert }) => {
      const since = updates.findLast(({ kind }) => kind === 'reopened')?.at ?? alert.at;
      return { ...alert, kind: 'alert', alert: alert.id, ...updates.at(-1), state: { status: 'alert', since } };
    });
}
