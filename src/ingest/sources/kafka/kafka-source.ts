import type { FieldMapping, KafkaConfig } from '../../../config/schema.ts';
import type { Source } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Log } from '../../../lib/log.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter-sink.ts';
import { createMessageParser } from '../../decode/message-parser.ts';
import { compileMapping } from '../../mapping/parse-post.ts';
import { createKafka } from './client.ts';
import { runKafkaSession } from './consumer.ts';
import { createKafkaHealth } from './consumer-health.ts';
import { asKafkaError } from './kafka-error.ts';

export interface KafkaSourceOptions {
  readonly config: KafkaConfig;
  readonly mapping: FieldMapping;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'lag' | 'offsetGap'>;
}

/** Crashes without a commit between them before the feed gives up: few before the group was ever joined, since a wrong setting does not mend itself. */
const patience = { atFirst: 2, later: 10 };
const longestPauseMs = 30_000;
/** A consumer that lived so long was sound, even if nothing came to be committed. */
const soundMs = 300_000;

/**
 * A Kafka topic, read as a member of a consumer group. Offsets are committed only after what they cover is
 * durable. A consumer that crashes is built anew after a pause that grows; `run` rejects with KAFKA_UNAVAILABLE
 * when that does not help, with KAFKA_REJECTED or KAFKA_UNREADABLE at once, and with the error of a post that
 * cannot become durable.
 */
export function createKafkaSource({ config, mapping, ...parts }: KafkaSourceOptions): Source<SourceRecord> {
  const { clock, log } = parts;
  const kafka = createKafka(config, log);
  const health = createKafkaHealth(clock);
  const compiled = compileMapping(mapping);

  const run: Source<SourceRecord>['run'] = async (emit, signal) => {
    const parse = createMessageParser({ mapping: compiled, config, clock, log, signal });
    let everJoined = false;
    /** Crashes since the last commit. */
    let crashes = 0;
    const joined = (): void => {
      everJoined = true;
      health.joined();
    };
    const progressed = (): void => {
      crashes = 0;
    };
    while (!signal.aborted) {
      if (crashes === 0) health.cannotRead('Connecting to Kafka.');
      const since = clock.now();
      const end = await runKafkaSession({ ...parts, kafka, config, mapping: compiled, parse, health, emit, joined, progressed }, signal);
      if (end.how === 'stopped') break;
      if (end.how === 'failed') throw end.error;
      const error = asKafkaError(end.error, `reading ${config.topic}`);
      crashes = clock.now() - since > soundMs ? 1 : crashes + 1;
      health.cannotRead(error.message);
      if (!error.retry || crashes >= (everJoined ? patience.later : patience.atFirst)) throw error;
      const pause = Math.min(1_000 * 2 ** (crashes - 1), longestPauseMs);
      log.warn({ topic: config.topic, crashes, pause, error: error.message }, 'The Kafka consumer crashed: building another');
      await clock.sleep(pause, signal);
    }
    health.cannotRead('The Kafka feed has stopped.');
  };
  return { name: 'kafka', run, healthIssue: () => health.trouble() };
}
