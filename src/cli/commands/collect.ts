import { join } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { collectToKafka } from '../../ingest/sources/bluesky/collect-to-kafka.ts';
import { createFileCursorStore } from '../../ingest/sources/live/file-cursor-store.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';
import { loadCommandConfig, parseNumber, type SharedOptions, withSharedOptions } from '../options.ts';
import { createProgress } from '../output/progress.ts';
import { stopOnSignal } from '../stop-on-signal.ts';

interface CollectOptions extends SharedOptions {
  readonly brokers?: string;
  readonly topic?: string;
  readonly partitions: number;
}

const examples = `
  $ feedpulse collect bluesky --to kafka --topic bluesky --brokers 127.0.0.1:9092

  Uses the top-level sections bluesky and kafka of the config, not the entries of sources. The messages are unchanged, so
  a consumer needs the mapping preset bluesky-jetstream. The position is kept in the data directory, one for each topic.
`;

export function defineCollectCommand(command: Command): void {
  withSharedOptions(command)
    .addArgument(new Argument('<source>', 'source of the messages').choices(['bluesky']))
    .addOption(new Option('--to <destination>', 'where the messages go').choices(['kafka']).makeOptionMandatory())
    .option('--brokers <list>', 'host:port, separated by commas (config: kafka.brokers)')
    .option('--topic <name>', 'topic (config: kafka.topic)')
    .option('--partitions <number>', 'partitions if the topic is created', parseNumber, 4)
    .addHelpText('after', examples)
    .action(async (_source: string, options: CollectOptions) => {
      const config = loadCommandConfig(options, { 'kafka.brokers': options.brokers?.split(','), 'kafka.topic': options.topic });
      const log = createLog(config.log.level);
      const { signal, release } = stopOnSignal(log);
      const progress = createProgress('Collecting');
      const sent = await collectToKafka(
        {
          bluesky: config.bluesky,
          kafka: config.kafka,
          partitions: options.partitions,
          cursors: createFileCursorStore(join(config.dataDir, `collect-bluesky-${config.kafka.topic}.json`)),
          clock: systemClock,
          log,
          onProgress: progress.update,
        },
        signal,
      ).finally(() => {
        progress.stop();
        release();
      });
      process.stdout.write(`${sent} messages sent to topic ${config.kafka.topic}.\n`);
    });
}
