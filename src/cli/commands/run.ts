import { Command } from 'commander';
import { startAlerts } from '../../app/alert-scheduler.ts';
import { withDemoBrands } from '../../app/demo-brands.ts';
import { type HttpFrontend, openHttpFrontend } from '../../app/http-frontend.ts';
import { openScorer } from '../../app/open-scorer.ts';
import { openSource } from '../../app/open-source.ts';
import { createRunStatus } from '../../app/run-status.ts';
import { stopSignal } from '../../app/stop-signal.ts';
import { requireSource } from '../../config/load-config.ts';
import type { Config, ConfigWithSource } from '../../config/schema.ts';
import type { AlertTransition } from '../../domain/alert.ts';
import { createBrandMatcher } from '../../ingest/brands/brand-matcher.ts';
import { deadLetterParser, openDeadLetters } from '../../ingest/dead-letters/open-dead-letters.ts';
import { createLeaderElection } from '../../ingest/sources/kafka/leader-election.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { createEventBus, createPostBus } from '../../lib/event-bus.ts';
import { type Lease, singleProcessLease } from '../../lib/lease.ts';
import { createLog, type Log } from '../../lib/log.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { runPipeline } from '../../pipeline/pipeline.ts';
import { createJobs } from '../../server/jobs.ts';
import { createPipelineReport } from '../../server/routes/pipeline-report.ts';
import { createRecentMetrics } from '../../server/routes/recent-metrics.ts';
import type { RunningServer } from '../../server/server.ts';
import { type Database, openDatabase } from '../../sink/client/connection.ts';
import { markCorrected } from '../../sink/maintenance/corrections.ts';
import { applyRetention } from '../../sink/maintenance/retention.ts';
import { migrate } from '../../sink/migrations/migrate.ts';
import { createRollups } from '../../sink/rollups/rollups.ts';
import { createWriter } from '../../sink/writer/writer.ts';
import { configFrom, parseNumber, type SharedOptions, withSharedOptions } from '../options.ts';

interface RunOptions extends SharedOptions {
  readonly source?: string;
  readonly in?: string;
  readonly host?: string;
  readonly port?: number;
  readonly server: boolean;
}

export function runCommand(): Command {
  return withSharedOptions(new Command('run'))
    .description('read a feed, score it, store it, and show it in the browser')
    .option('--source <feed>', 'demo, kafka or ndjson (setting source; required)')
    .option('--in <file>', 'the file of an ndjson feed; - is standard input')
    .option('--host <address>', 'where the page listens (default: 127.0.0.1)')
    .option('--port <number>', 'the port of the page; 0 takes any free one (default: 8080)', parseNumber)
    .option('--no-server', 'without page, API and metrics')
    .action(async (options: RunOptions) => {
      const flags = { source: options.source, 'ndjson.path': options.in, 'server.host': options.host, 'server.port': options.port };
      await run(requireSource(configFrom(options, { ...flags, 'server.enabled': options.server ? undefined : false })));
    });
}

/** Everything in one process, until the feed ends, a signal comes, or a fault does not pass. */
async function run(given: ConfigWithSource): Promise<void> {
  const config = withDemoBrands(given);
  const log = createLog(config.log.level);
  const stop = stopSignal(log);
  const front = config.server.enabled ? await openHttpFrontend(config, log, systemClock) : undefined;
  try {
    const db = await openDatabase({ clickhouse: config.clickhouse, dataDir: config.dataDir, log });
    try {
      await migrate(db, log);
      await applyRetention(db, config.retention, log);
      await markCorrected(db);
      await runWith({ config, db, front, log, stop });
    } finally {
      await db.close();
    }
  } finally {
    front?.close();
  }
}

interface Ground {
  readonly config: ConfigWithSource;
  readonly db: Database;
  readonly front: HttpFrontend | undefined;
  readonly log: Log;
  readonly stop: AbortSignal;
}

async function runWith({ config, db, front, log, stop }: Ground): Promise<void> {
  const clock = systemClock;
  const metrics = createMetrics();
  const live = createPostBus();
  const alertHub = createEventBus<AlertTransition>();
  const { retention } = config;
  const parts = { config, log, clock, metrics, retention };
  const brands = createBrandMatcher(config.brands);
  const scorer = await openScorer(config, log, { metrics }, brands);
  const { source, close: closeSource } = await openSource({ ...parts, db }).catch(async (fault: unknown) => {
    await scorer.close(); // its threads would keep the process alive
    throw fault;
  });
  const jobs = createJobs(log);
  const rollups = createRollups({ db, ...parts });
  const recent = createRecentMetrics(metrics, clock);
  const status = createRunStatus({ ...parts, db, source, scorer, live, recent });
  let server: RunningServer | undefined;
  let hasEnded = false;
  const page = (): string => config.alerts.externalUrl ?? server?.url ?? `http://${config.server.host}:${config.server.port}`;
  const lease = openLease(parts);
  const alerts = startAlerts({ ...parts, db, hub: alertHub, live, lease, page, isLive: () => !hasEnded });
  try {
    rollups.start();
    const maintenance = { db, clock, retention, matcher: brands, jobs, targetSentiment: config.model.targetSentiment };
    server = await front?.serve({
      ...parts,
      reader: db.reader,
      heavyReader: db.heavyReader,
      live,
      alerts: alertHub,
      status: status.read,
      pipeline: createPipelineReport({ ...parts, recent, model: scorer.model, db, status: status.read }),
      deadLetters: openLetters(parts, stop),
      brands: config.brands,
      maintenance,
    });
    await runPipeline({ source, scorer, brands, writer: createWriter({ db, ...parts }), live, metrics, clock }, stop);
    hasEnded = true;
    log.info({ source: source.name }, stop.aborted ? 'stopped' : 'the feed has ended');
    if (server && !stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    await rollups.settle();
  } finally {
    status.close();
    recent.close();
    await jobs.close();
    await alerts.stop();
    await lease.close();
    await rollups.stop();
    await server?.close();
    await closeSource();
    await scorer.close();
  }
}

/** Dead letters as the page and the API show them and put them back. */
function openLetters(parts: { readonly config: Config; readonly clock: Clock; readonly log: Log }, stop: AbortSignal) {
  const { source, kafka } = parts.config;
  return { store: openDeadLetters(parts), parse: deadLetterParser(parts, stop), ...(source === 'kafka' && { feed: kafka.topic }) };
}

/** With Kafka there may be several processes, of which one judges alerts; without, this one is alone. */
function openLease({ config, clock, log }: { readonly config: Config; readonly clock: Clock; readonly log: Log }): Lease {
  if (config.source !== 'kafka' || !config.alerts.enabled) return singleProcessLease;
  return createLeaderElection({ config: config.kafka, topic: config.alerts.topic, clock, log });
}
