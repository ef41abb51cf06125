import { createRandom, pick } from '../../../src/lib/random.ts';
import type { Delivery } from '../audit.ts';
import { encodeV1 } from './encode.ts';
import { createTraffic, type NetworkEvent } from './traffic.ts';

/** A message for a topic. Those of an author share a partition, so that they keep their order. */
export interface MixedMessage {
  readonly key: string;
  /** Null for a tombstone. */
  readonly value: string | null;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly author: string;
}

/** Messages as a collector of somebody else leaves them in a topic, and what must become of them, counted apart. */
export interface MixedTopic {
  readonly messages: readonly MixedMessage[];
  /** The posts that remain: their first creation time and their last version. */
  readonly remaining: readonly (Delivery & { readonly text: string })[];
  readonly deleted: number;
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Messages that are neither posts nor dead letters. */
  readonly skipped: number;
}

interface Version {
  readonly createdAt: string;
  readonly updatedMs: number;
  readonly deleted: boolean;
  readonly text: string;
}

const postCollection = 'app.bsky.feed.post';

/**
 * Frames of a Jetstream among tombstones, heartbeats, copies and damaged messages.
 * @param endMs time of the last message; they begin six hours earlier
 */
export function createMixedTopic(seed: number, count: number, endMs: number): MixedTopic {
  const random = createRandom(seed);
  const traffic = createTraffic(seed);
  const messages: MixedMessage[] = [];
  const posts = new Map<string, Version & { readonly author: string }>();
  const deadLetters = { 'not-json': 0, 'missing-text': 0 };
  let skipped = 0;
  const stepMs = (6 * 3_600_000) / count;

  const apply = (id: string, author: string, version: Version): void => {
    const known = posts.get(id);
    if (known && version.updatedMs < known.updatedMs) return;
    posts.set(id, { ...version, createdAt: known?.createdAt ?? version.createdAt, author });
  };
  const applyEvent = ({ did, commit, account }: NetworkEvent, atMs: number): void => {
    if (commit?.collection === postCollection) {
      const { text = '', createdAt = new Date(atMs).toISOString() } = (commit.record ?? {}) as { text?: string; createdAt?: string };
      apply(`at://${did}/${postCollection}/${commit.rkey}`, did, {
        createdAt,
        updatedMs: atMs,
        deleted: commit.operation === 'delete',
        text,
      });
    } else if (account?.status === 'deleted') {
      for (const [id, post] of posts) if (post.author === did) apply(id, did, { ...post, updatedMs: atMs, deleted: true });
    } else skipped += 1;
  };
  const addTombstone = (atMs: number): void => {
    const [id, post] = pick(random, [...posts].slice(-200));
    messages.push({ key: `bluesky:${id}`, value: null, timestamp: atMs, author: post.author });
    apply(id, post.author, { ...post, updatedMs: atMs, deleted: true });
  };

  for (let index = 0; index < count; index += 1) {
    const atMs = Math.round(endMs - (count - index) * stepMs);
    const add = (key: string, value: string | null): void => void messages.push({ key, value, timestamp: atMs, author: key });
    const choice = random();
    if (choice < 0.04 && posts.size > 0) addTombstone(atMs);
    else if (choice < 0.06) {
      add(`did:plc:profile${index}`, null);
      skipped += 1;
    } else if (choice < 0.1) {
      add('heartbeat', JSON.stringify({ kind: 'heartbeat', time_us: atMs * 1_000 }));
      skipped += 1;
    } else if (choice < 0.105) {
      add(`damaged${index}`, `{"did":"did:plc:cut${index}","kind":"comm`);
      deadLetters['not-json'] += 1;
    } else if (choice < 0.11) {
      const commit = { operation: 'create', collection: postCollection, rkey: `r${index}`, record: { $type: postCollection } };
      add(`damaged${index}`, JSON.stringify({ did: `did:plc:empty${index}`, time_us: atMs * 1_000, kind: 'commit', commit }));
      deadLetters['missing-text'] += 1;
    } else {
      const event = traffic.next(atMs * 1_000);
      const message = { key: event.did, value: encodeV1({ event, seq: index, timeUs: event.timeUs }), timestamp: atMs, author: event.did };
      const copies = random() < 0.05 ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        messages.push(message);
        applyEvent(event, atMs);
      }
    }
  }
  const remaining = [...posts].filter(([, { deleted }]) => !deleted);
  return {
    messages,
    remaining: remaining.map(([id, { createdAt, updatedMs, deleted, text }]) => ({
      ...{ platform: 'bluesky', id, createdAt, updatedAt: new Date(updatedMs).toISOString(), deleted, text },
    })),
    deleted: posts.size - remaining.length,
    deadLetters,
    skipped,
  };
}
