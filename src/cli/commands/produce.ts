import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { produceFile } from '../../ingest/sources/kafka/produce.ts';
import { createLog } from '../../lib/log.ts';
import { startProgress } from '../../lib/progress.ts';
import { configFrom, parseNumber, type SharedOptions, withSharedOptions } from '../options.ts';

interface ProduceOptions extends SharedOptions {
  readonly brokers?: string;
  readonly topic?: string;
  readonly partitions: number;
  readonly rate?: number;
}

export function produceCommand(): Command {
  return withSharedOptions(new Command('produce'))
    .description('put posts, one JSON object a line, into a Kafka topic')
    .argument('<file>', 'NDJSON; - is standard input')
    .option('--brokers <list>', 'host:port, separated by commas (setting kafka.brokers)')
    .option('--topic <name>', 'the topic (setting kafka.topic)')
    .option('--partitions <number>', 'partitions of the topic, where it has to be created', parseNumber, 4)
    .option('--rate <number>', 'messages a second (default: as fast as the broker takes them)', parseNumber)
    .action(async (file: string, options: ProduceOptions) => {
      const config = configFrom(options, { 'kafka.brokers': options.brokers?.split(','), 'kafka.topic': options.topic });
      const input = file === '-' ? process.stdin : createReadStream(file);
      const progress = startProgress('Sending', 0);
      let shown = 0;
      const sent = await produceFile({
        config: config.kafka,
        mapping: config.mapping,
        input,
        partitions: options.partitions,
        log: createLog(config.log.level),
        ...(options.rate ? { rate: options.rate } : {}),
        onProgress: (count) => {
          progress.advance(count - shown);
          shown = count;
        },
      });
      progress.stop();
      process.stdout.write(`${sent} messages are in ${config.kafka.topic}.\n`);
    });
}
