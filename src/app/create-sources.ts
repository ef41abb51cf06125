import { join } from 'node:path';
import { type Config, configuredSources, type SourceConfig } from '../config/schema.ts';
import type { DeadLetterSink } from '../ingest/dead-letters/dead-letter.ts';
import { withDeadLetterLimits } from '../ingest/dead-letters/dead-letter-limit.ts';
import { createFileDeadLetterSink } from '../ingest/dead-letters/file-sink.ts';
import { createKafkaDeadLetterSink } from '../ingest/dead-letters/kafka-sink.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { type Log, withFields } from '../lib/log.ts';
import { canReadAgain } from '../lib/open-input.ts';
import { checkSource, toleratesOutage } from './check-source.ts';
import { openSource, type SourceDeps } from './create-source.ts';
import { type RunningSource, runSingleSource, superviseSource } from './supervise-source.ts';
import { topicLabel } from './topic-label.ts';

export interface SourcesDeps extends Omit<SourceDeps, 'deadLetters' | 'topicLabel' | 'memberIds'> {
  readonly config: Config;
}

export interface Sources {
  readonly all: readonly RunningSource[];
  /** Closes the dead-letter sinks. */
  close(): Promise<void>;
}

/**
 * Checks the only source of a config before anything else is opened. Of several, one that cannot be reached does not stop
 * the others, so they are not checked; nor are sources that wait for their server.
 * @throws what `checkSource` throws
 */
export async function checkSingleSource(config: Config, log: Log): Promise<void> {
  const [only, ...others] = configuredSources(config);
  if (only && others.length === 0 && !toleratesOutage(only)) await checkSource(only, log);
}

/**
 * Creates the configured sources, each with its own mapping, dead letters and limits. The error of a single source ends
 * the process; several are supervised.
 * @throws for a single source, what `openSource` throws
 */
export async function createSources(deps: SourcesDeps): Promise<Sources> {
  const { config, clock } = deps;
  const configured = configuredSources(config);
  const sinks = createSinks(deps);
  const memberIds = new Set<string>();
  const openOne = async (source: SourceConfig, log = deps.log) =>
    openSource(source, { ...deps, log, memberIds, topicLabel: topicLabel(source, configured), deadLetters: await sinks.open(source, log) });
  const create = async (source: SourceConfig): Promise<RunningSource> => {
    const { name, type } = source;
    const topic = topicLabel(source, configured);
    if (configured.length === 1) return runSingleSource(await openOne(source), { type, topic });
    const log = withFields(deps.log, { source: name });
    const canReopen = async (): Promise<boolean> => source.type !== 'ndjson' || (await canReadAgain(source.ndjson.path));
    return superviseSource({ name, type, topic, open: () => openOne(source, log), canReopen, log, clock });
  };
  try {
    return { all: await Promise.all(configured.map(create)), close: sinks.close };
  } catch (thrown) {
    await sinks.close();
    throw thrown;
  }
}

/** The dead-letter sinks: a topic for each Kafka source, and one file in the data directory for all others. */
function createSinks({ config, metrics }: SourcesDeps) {
  /** Sinks by source; `file` is shared. */
  const opened = new Map<string, DeadLetterSink>();
  let file: Promise<DeadLetterSink> | undefined;
  const openFile = (): Promise<DeadLetterSink> => {
    file ??= createFileDeadLetterSink(join(config.dataDir, 'dead-letters.ndjson')).catch((thrown: unknown) => {
      file = undefined;
      throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot open the dead letters: ${asError(thrown).message}.`, { cause: thrown });
    });
    return file;
  };
  return {
    /** Opens the sink of a source once; its limits outlast a restart of the source. @throws KAFKA_PLAINTEXT, FILE_INACCESSIBLE */
    open: async (source: SourceConfig, log: Log): Promise<DeadLetterSink> => {
      const known = opened.get(source.name);
      if (known) return known;
      const sink = source.type === 'kafka' ? createKafkaDeadLetterSink({ config: source.kafka, log }) : await openFile();
      const limited = withDeadLetterLimits(sink, { limits: config.deadLetters, source: source.name, metrics });
      opened.set(source.name, limited);
      return limited;
    },
    close: async (): Promise<void> => {
      await Promise.all([...opened.values()].map((sink) => sink.close()));
    },
  };
}
