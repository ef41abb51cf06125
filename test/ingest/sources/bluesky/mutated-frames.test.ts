import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { configSchema } from '../../../../src/config/schema.ts';
import type { Post } from '../../../../src/domain/post.ts';
import { deadLetterReasons } from '../../../../src/ingest/dead-letters/dead-letter.ts';
import { createBlueskySource } from '../../../../src/ingest/sources/bluesky/bluesky-source.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createMetrics } from '../../../../src/lib/metrics.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { encodeV1, encodeV2 } from '../../../support/jetstream/encode.ts';
import { createNetwork } from '../../../support/jetstream/network.ts';
import { startJetstream } from '../../../support/jetstream/server.ts';
import { createTraffic } from '../../../support/jetstream/traffic.ts';
import { mutateJson } from '../../../support/mutate-json.ts';
import { quiet } from '../../../support/test-database.ts';
import { collectLetters } from '../../field-samples.ts';

const mutations = 300;

/** Damaged messages of the protocol. Notices and errors of the server end a connection, so they are left out. */
function createMutations(protocol: 'v1' | 'v2'): Buffer[] {
  const random = createRandom(protocol === 'v1' ? 101 : 102);
  const traffic = createTraffic(103, { minAgeMs: 0 });
  const encode = protocol === 'v1' ? encodeV1 : encodeV2;
  const startUs = Date.now() * 1_000;
  return Array.from({ length: mutations }, (_, index) => {
    const event = traffic.next(startUs + index);
    return mutateJson(random, encode({ event, seq: index + 1, timeUs: event.timeUs }));
  });
}

function expectValid({ id, platform, text, createdAt, updatedAt, lang, url }: Post): void {
  expect(platform).toBe('bluesky');
  expect(id).not.toBe('');
  expect(text.isWellFormed()).toBe(true);
  for (const date of [createdAt, updatedAt]) expect(new Date(date).toISOString()).toBe(date);
  if (lang !== undefined) expect(lang).toMatch(/^[a-z]{2,3}\b/);
  if (url !== undefined) expect(new URL(url).protocol).toMatch(/^https?:$/);
}

it.each(['v1', 'v2'] as const)(
  'of %s, each damaged message is a post, a dead letter or skipped, and the stream goes on',
  async (protocol) => {
    const network = createNetwork(9);
    const server = await startJetstream({ network, protocols: [protocol] });
    const deadLetters = collectLetters();
    const posts: Post[] = [];
    let skipped = 0;
    const source = createBlueskySource({
      name: 'sky',
      config: configSchema.parse({ bluesky: { endpoints: [server.url], compression: false } }).bluesky,
      mapping: { preset: 'bluesky-jetstream' },
      deadLetters,
      cursors: { load: async () => undefined, save: async () => {} },
      clock: systemClock,
      log: quiet,
      metrics: createMetrics(),
      onSkip: () => (skipped += 1),
    });
    const stop = new AbortController();
    const run = source.run(({ items, ack }) => {
      posts.push(...items.map(({ post }) => post));
      ack();
    }, stop.signal);
    const outcomes = (): number => posts.length + deadLetters.letters.length + skipped;
    const waitFor = async (count: number): Promise<void> => {
      for (let tries = 0; outcomes() < count && tries < 200; tries += 1) await sleep(50);
      expect(outcomes()).toBe(count);
    };
    try {
      while (server.connections() === 0) await sleep(20);
      for (const message of createMutations(protocol)) server.inject(message);
      await waitFor(mutations);
      for (const { reason } of deadLetters.letters) expect(deadLetterReasons).toHaveProperty(reason);
      for (const post of posts) expectValid(post);
      expect(posts.length).toBeGreaterThan(20);
      expect(deadLetters.letters.length).toBeGreaterThan(50);
      const [before, accepted] = [deadLetters.letters.length, posts.length];
      network.run(100);
      const wanted = network.events().filter(({ commit }) => commit?.collection === 'app.bsky.feed.post').length;
      for (let tries = 0; posts.length < accepted + wanted && tries < 200; tries += 1) await sleep(50);
      expect(deadLetters.letters.length).toBe(before);
      expect(server.requests.length).toBe(protocol === 'v1' ? 2 : 1);
    } finally {
      stop.abort();
      await run;
      await server.close();
    }
  },
);
