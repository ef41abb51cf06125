import type { Admin } from 'kafkajs';
import type { BlueskyConfig, MastodonConfig } from '../config/live-sources.ts';
import type { KafkaConfig, SourceConfig } from '../config/schema.ts';
import { createJetstreamClient } from '../ingest/sources/bluesky/jetstream-client.ts';
import { createRewind } from '../ingest/sources/bluesky/jetstream-cursor.ts';
import { checkBrokerCertificates, createKafka } from '../ingest/sources/kafka/client.ts';
import { asKafkaError } from '../ingest/sources/kafka/kafka-error.ts';
import { createMastodonClient, type MastodonClient } from '../ingest/sources/mastodon/mastodon-client.ts';
import { type Timeline, timelinesOf } from '../ingest/sources/mastodon/timeline.ts';
import { systemClock } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { checkReadable, readWholeFile } from '../lib/open-input.ts';
import { isStandardInput } from '../lib/standard-input.ts';

/** Live sources wait for a server that is down, so a check must not. */
const liveTimeoutMs = 10_000;

/**
 * Checks that a source can be reached, without reading posts from it, and says what was found.
 * @throws KAFKA_UNAVAILABLE and other KAFKA_ codes, FILE_INACCESSIBLE; an error without a code if a live source does not answer
 */
export async function checkSource(source: SourceConfig, log: Log): Promise<string> {
  switch (source.type) {
    case 'bluesky':
      return checkBluesky(source.bluesky, log);
    case 'demo':
      return 'synthetic posts';
    case 'kafka':
      return checkKafka(source.kafka, log);
    case 'mastodon':
      return checkMastodon(source.mastodon);
    case 'ndjson': {
      const { path } = source.ndjson;
      if (isStandardInput(path)) return 'standard input';
      await checkReadable(path);
      return `${path} is readable`;
    }
  }
}

/** Whether `run` can start without the source: live sources connect again for as long as it takes. */
export function toleratesOutage({ type }: SourceConfig): boolean {
  return type === 'bluesky' || type === 'mastodon';
}

/** Fewer retries than while running, because at startup a wrong setting is the likely cause. */
const startupRetries = 4;

/** Undefined if the topic is not found; a running source waits for it. */
async function countPartitions(admin: Admin, topic: string): Promise<number | undefined> {
  if (!(await admin.listTopics()).includes(topic)) return undefined;
  const [found] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
  return found?.partitions.length;
}

async function checkKafka(kafka: KafkaConfig, log: Log): Promise<string> {
  const admin: Admin = createKafka(kafka, log, startupRetries).admin();
  try {
    await checkBrokerCertificates(kafka);
    await admin.connect();
    const partitions = await countPartitions(admin, kafka.topic);
    return partitions === undefined ? `topic ${kafka.topic} not found` : `topic ${kafka.topic} has ${partitions} partitions`;
  } catch (thrown) {
    throw asKafkaError(thrown, `connecting to ${kafka.brokers.join(', ')}`);
  } finally {
    await admin.disconnect();
  }
}

/** Opens a stream at the first endpoint that accepts one. */
async function checkBluesky(config: BlueskyConfig, log: Log): Promise<string> {
  const dictionary = config.dictionary === undefined ? undefined : await readWholeFile(config.dictionary);
  const client = createJetstreamClient({ config, dictionary, clock: systemClock, log });
  const problems: string[] = [];
  for (const endpoint of config.endpoints) {
    const opened = new AbortController();
    let protocol: string | undefined;
    const onOpen = (spoken: string): void => {
      protocol = spoken;
      opened.abort();
    };
    const signal = AbortSignal.any([opened.signal, AbortSignal.timeout(liveTimeoutMs)]);
    const handlers = { onOpen, onGap: () => {}, onEvent: () => undefined };
    const start = { endpoint, cursor: undefined, rewind: createRewind(0) };
    const failure = await client.read(start, handlers, signal).catch((thrown: unknown) => asError(thrown).message);
    if (protocol !== undefined) return `${endpoint} streams events (${protocol})`;
    problems.push(`${endpoint}: ${failure ?? 'no response'}`);
  }
  throw new Error(`No Jetstream server accepts a connection: ${problems.join('; ')}.`);
}

/** Requests a page of every timeline. */
async function checkMastodon({ servers, accessToken }: MastodonConfig): Promise<string> {
  const problems: string[] = [];
  for (const server of servers) {
    const client = createMastodonClient({ url: server.url, accessToken: () => server.accessToken ?? accessToken, clock: systemClock });
    for (const timeline of timelinesOf(server))
      await checkTimeline(client, timeline).catch((thrown: unknown) => {
        problems.push(`${server.url} (${timeline.name}): ${asError(thrown).message}`);
      });
  }
  if (problems.length > 0) throw new Error(`Some timelines cannot be read: ${problems.join('; ')}.`);
  return `${servers.map(({ url }) => new URL(url).host).join(', ')} can be read`;
}

/** A server may let anyone read the pages of a timeline, but opens its stream only with a valid token. */
async function checkTimeline(client: MastodonClient, timeline: Timeline): Promise<void> {
  const signal = AbortSignal.timeout(liveTimeoutMs);
  await client.fetchPage(timeline, { limit: 1 }, signal);
  for await (const _ of await client.openStream(timeline, signal)) return;
}
