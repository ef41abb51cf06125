import type { Calibrations, ScoringModel } from '../analytics/calibration/calibrations.ts';
import { keepHistories } from '../analytics/calibration/keep-histories.ts';
import { createModelCalibrations } from '../analytics/calibration/several-models.ts';
import { type Config, configuredSources } from '../config/schema.ts';
import type { AlertTransition } from '../domain/alert.ts';
import type { ScoredPost } from '../domain/post.ts';
import { openDeadLetters } from '../ingest/dead-letters/open-dead-letters.ts';
import { createLeaderElection } from '../ingest/sources/kafka/leader-election.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import { createEventBus } from '../lib/event-bus.ts';
import { type Lease, singleProcessLease } from '../lib/lease.ts';
import { createLoadAverage } from '../lib/load-average.ts';
import type { Log } from '../lib/log.ts';
import { createMetrics } from '../lib/metrics.ts';
import { runPipeline } from '../pipeline/pipeline.ts';
import { createJobs } from '../server/jobs.ts';
import type { RunningServer } from '../server/server.ts';
import type { Database } from '../sink/client/connection.ts';
import { markRecentCorrectionsDirty } from '../sink/maintenance/corrections.ts';
import { applyRetention } from '../sink/maintenance/retention.ts';
import { createRollups } from '../sink/rollups/rollups.ts';
import { createWriter } from '../sink/writer/writer.ts';
import { startAlertScheduler } from './alert-scheduler.ts';
import { type LiveBrands, openLiveBrands } from './brand-settings.ts';
import { checkSingleSource, createSources } from './create-sources.ts';
import { withDemoBrands } from './demo-brands.ts';
import { type HttpFrontend, openHttpFrontend } from './http-frontend.ts';
import { toScoringModels } from './local-models.ts';
import { openMigratedDatabase } from './open-database.ts';
import { openScorer } from './open-scorer.ts';
import { createPipelineReport } from './pipeline-report.ts';
import { createRecentMetrics } from './recent-metrics.ts';
import { createRunStatus } from './run-status.ts';

/** Registers a close function; they run in reverse order. */
type OnClose = (close: () => unknown) => void;

/**
 * Runs the sources, the pipeline, the API and the web UI in this process until every source has ended, `stop` is aborted or
 * an error persists. Runs the cheap checks first (port, source), loads the model last, and closes everything however it ends.
 * @throws PORT_IN_USE, INSECURE_BIND, KAFKA_ and DATABASE_ codes, MODEL_ codes, FILE_INACCESSIBLE, TOO_MANY_DEAD_LETTERS
 */
export async function runApp(configured: Config, log: Log, stop: AbortSignal): Promise<void> {
  const config = withDemoBrands(configured);
  const closers: (() => unknown)[] = [];
  const onClose: OnClose = (close) => closers.push(close);
  try {
    const frontend = config.server.enabled ? await openHttpFrontend(config, log, systemClock) : undefined;
    onClose(() => frontend?.close());
    await checkSingleSource(config, log);
    const db = await openMigratedDatabase(config, log);
    onClose(() => db.close());
    await applyRetention(db, config.retention, log);
    await markRecentCorrectionsDirty(db);
    await runComponents({ config, db, frontend, log, stop, onClose });
  } catch (thrown) {
    await closeAll(closers).catch((error) => log.warn({ error: asError(error).message }, 'closing failed after an error'));
    throw thrown;
  }
  await closeAll(closers);
}

/** Closes all even if one fails, then throws the first failure. */
async function closeAll(closers: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0) throw failures[0];
}

interface RunDeps {
  readonly config: Config;
  readonly db: Database;
  readonly frontend: HttpFrontend | undefined;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly onClose: OnClose;
}

async function runComponents({ config, db, frontend, log, stop, onClose }: RunDeps): Promise<void> {
  const clock = systemClock;
  const metrics = createMetrics();
  const storedPosts = createEventBus<ScoredPost>();
  const alertEvents = createEventBus<AlertTransition>();
  const { retention } = config;
  const deps = { config, log, clock, metrics, retention };
  const brands = await openBrands({ ...deps, db }, onClose);
  const sources = await createSources({ ...deps, db });
  onClose(() => sources.close());
  const scorer = await openScorer(config, log, { metrics, brandNames: brands.terms }, brands.matcher);
  onClose(() => scorer.close());
  const calibrations = openCalibrations({ ...deps, db, brands, models: toScoringModels(scorer.models) }, onClose);
  let server: RunningServer | undefined;
  onClose(() => server?.close());
  const rollups = createRollups({ db, ...deps });
  onClose(() => rollups.stop());
  const lease = createLease({ ...deps, db });
  onClose(() => lease.close());
  let hasEnded = false;
  const baseUrl = (): string => config.alerts.externalUrl ?? server?.url ?? `http://${config.server.host}:${config.server.port}`;
  const alerts = startAlertScheduler({
    ...{ ...deps, db, events: alertEvents, storedPosts, lease, baseUrl, calibrations },
    brands: brands.list,
    isLive: () => !hasEnded,
  });
  onClose(() => alerts.stop());
  const jobs = createJobs(log);
  onClose(() => jobs.close());
  const recent = createRecentMetrics(metrics, clock);
  onClose(() => recent.close());
  const load = createLoadAverage(clock);
  const status = createRunStatus({ ...deps, db, sources: sources.all, scorer, storedPosts, recent });
  onClose(() => status.close());

  rollups.start();
  server = await frontend?.serve({
    ...deps,
    reader: db.reader,
    heavyReader: db.heavyReader,
    storedPosts,
    alerts: alertEvents,
    readStatus: status.read,
    readPipelineReport: createPipelineReport({ ...deps, recent, models: scorer.models, db, status: status.read }),
    isIngestSaturated: () => load.read() > 0.5,
    openDeadLetters: (source) => openDeadLetters(deps, stop, source),
    brands: brands.list,
    brandSettings: brands,
    calibrations,
    maintenance: { db, clock, retention, matcher: brands.currentMatcher, jobs, scoring: config.model, models: scorer.models },
  });
  const writer = createWriter({ db, ...deps });
  await runPipeline({ sources: sources.all, scorer, brandMatcher: brands.matcher, writer, storedPosts, metrics, clock, load, log }, stop);
  hasEnded = true;
  const failure = sources.all.map((source) => source.failure()).find((error) => error !== undefined);
  if (failure && !stop.aborted) throw failure;
  log.info({ sources: sources.all.map(({ name }) => name) }, stop.aborted ? 'stopped' : 'every source has ended');
  if (server && !stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  await rollups.catchUp();
}

async function openBrands(deps: Pick<RunDeps, 'config' | 'db' | 'log'> & { readonly clock: Clock }, onClose: OnClose): Promise<LiveBrands> {
  const brands = await openLiveBrands({ ...deps, configured: deps.config.brands });
  const following = brands.follow();
  onClose(() => following.stop());
  if (brands.list().length === 0)
    deps.log.info({}, 'there are no brands: all posts are counted together; add brands in the web UI or the config to tell them apart');
  return brands;
}

function openCalibrations(
  deps: Pick<RunDeps, 'db' | 'log'> & { readonly brands: LiveBrands; readonly models: readonly ScoringModel[]; readonly clock: Clock },
  onClose: OnClose,
): Calibrations {
  const brands = () => deps.brands.list().map(({ name }) => name);
  for (const model of deps.models) {
    const histories = keepHistories({ ...deps, model, brands });
    onClose(() => histories.stop());
  }
  return createModelCalibrations({ ...deps, reader: deps.db.reader });
}

/** With Kafka and a database server, several processes may run, one of which evaluates alerts; otherwise it is this one. */
function createLease({ config, db, clock, log }: Pick<RunDeps, 'config' | 'db' | 'log'> & { readonly clock: Clock }): Lease {
  const first = configuredSources(config).find((source) => source.type === 'kafka');
  if (!first || db.kind === 'embedded' || !config.alerts.enabled) return singleProcessLease;
  return createLeaderElection({ config: first.kafka, topic: config.alerts.topic, clock, log });
}
