import type { Command } from 'commander';
import { produceFile } from '../../ingest/sources/kafka/produce.ts';
import { createLog } from '../../lib/log.ts';
import { openInput } from '../../lib/open-input.ts';
import { loadCommandConfig, parseNumber, type SharedOptions, withSharedOptions } from '../options.ts';
import { createProgress } from '../output/progress.ts';

interface ProduceOptions extends SharedOptions {
  readonly brokers?: string;
  readonly topic?: string;
  readonly partitions: number;
  readonly rate?: number;
}

const examples = `
  $ feedpulse produce examples/posts.ndjson --brokers 127.0.0.1:9092
  $ feedpulse produce - --rate 50 < posts.ndjson
`;

export function defineProduceCommand(command: Command): void {
  withSharedOptions(command, ['config', 'logLevel'])
    .argument('<file>', 'one JSON object per line; - is standard input')
    .option('--brokers <list>', 'host:port, separated by commas (config: kafka.brokers)')
    .option('--topic <name>', 'topic (config: kafka.topic)')
    .option('--partitions <number>', 'partitions if the topic is created', parseNumber, 4)
    .option('--rate <number>', 'messages per second (default: unlimited)', parseNumber)
    .addHelpText('after', examples)
    .action(async (file: string, options: ProduceOptions) => {
      const config = loadCommandConfig(options, { 'kafka.brokers': options.brokers?.split(','), 'kafka.topic': options.topic });
      const { stream: input } = await openInput(file);
      const progress = createProgress('Sending');
      const sent = await produceFile({
        config: config.kafka,
        mapping: config.mapping,
        input,
        partitions: options.partitions,
        log: createLog(config.log.level),
        ...(options.rate ? { rate: options.rate } : {}),
        onProgress: progress.update,
      }).finally(progress.stop);
      process.stdout.write(`${sent} messages sent to topic ${config.kafka.topic}.\n`);
    });
}
