import type { KafkaConfig } from '../../../config/schema.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Log } from '../../../lib/log.ts';
import type { SampleMessage } from '../../inspect/analyze-sample.ts';
import { checkBrokerCertificates, createKafka } from './client.ts';
import { toRawMessage } from './consume-batch.ts';
import { consumerGroupId } from './consumer-group.ts';
import { asKafkaError } from './kafka-error.ts';
import { readTopic } from './topics.ts';

/** Fewer retries than while running, because a wrong setting is the likely cause. */
const retries = 4;

/**
 * About the last `count` messages of a topic, spread over its partitions, oldest first. Reads with a consumer group of its
 * own that commits nothing.
 * @throws KAFKA_UNAVAILABLE and other KAFKA_ codes
 */
export async function readLastMessages(config: KafkaConfig, count: number, clock: Clock, log: Log): Promise<SampleMessage[]> {
  const messages: SampleMessage[] = [];
  try {
    const kafka = createKafka(config, log, retries);
    await checkBrokerCertificates(config);
    await readTopic({
      kafka,
      topic: config.topic,
      groupPrefix: `${consumerGroupId(config)}.map`,
      clock,
      last: count,
      visit: (message, partition) => {
        const { position, ...content } = toRawMessage(message, config.topic, partition);
        messages.push({ ...content, label: `partition ${partition}, offset ${position.offset}` });
      },
    });
  } catch (thrown) {
    throw asKafkaError(thrown, `reading ${config.topic}`);
  }
  return messages.sort((a, b) => a.timestamp - b.timestamp).slice(-count);
}
