import type { Clock } from '../clock.ts';
import type { FieldMapping, KafkaConfig } from '../config.ts';
import type { Source } from '../envelope.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { FeedItem } from '../post.ts';
import type { DeadLetterSink } from './dead-letters.ts';
import { createKafka } from './kafka-client.ts';
import { asKafkaError } from './kafka-error.ts';
import { createKafkaHealth } from './kafka-health.ts';
import { runKafkaSession } from './kafka-session.ts';
import { createMessageParser } from './message-parser.ts';
import { compileMapping } from './parse-post.ts';

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
 * when that does not help, with KAFKA_REFUSED or KAFKA_UNREADABLE at once, and with the error of a post that
 * cannot become durable.
 */
export function createKafkaSource({ config, mapping, ...parts }: KafkaSourceOptions): Source<FeedItem> {
  const { clock, log } = parts;
  const kafka = createKafka(config, log);
  const health = createKafkaHealth(clock);
  const compiled = compileMapping(mapping);

  const run: Source<FeedItem>['run'] = async (offer, signal) => {
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
      const end = await runKafkaSession({ ...parts, kafka, config, mapping: compiled, parse, health, offer, joined, progressed }, signal);
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
  return { name: 'kafka', run, trouble: () => health.trouble() };
}
