import type { Producer } from 'kafkajs';
import type { Post } from '../../src/domain/post.ts';
import { createDemoPost } from '../../src/ingest/sources/demo/demo-post.ts';
import type { Delivery } from '../support/audit.ts';

/** A constant message load, and its acknowledged messages. */
export interface Load {
  /** In broker order per key. */
  readonly deliveries: Delivery[];
  /** Malformed messages, all different. */
  readonly malformed: string[];
  readonly sent: () => number;
  stop(): Promise<void>;
}

/** Fractions of messages other than new posts. */
const shares = { edit: 0.05, duplicate: 0.04, redatedDuplicate: 0.02, deletion: 0.01, malformed: 0.005 };
const tickMs = 100;
/** Recent posts, the basis of edits, duplicates and deletions. */
const maxRecentPosts = 5_000;

/** Messages that cannot be parsed, each for a different reason. */
const malformations: readonly ((number: number) => string)[] = [
  (number) => `no post ${number}`,
  (number) => JSON.stringify([number]),
  (number) => JSON.stringify({ platform: 'chirper', text: `no id ${number}` }),
  (number) => JSON.stringify({ platform: 'chirper', id: `no text ${number}` }),
  (number) => JSON.stringify({ platform: 'chirper', id: `no date ${number}`, text: 'Never', createdAt: 'on a Tuesday' }),
  (number) => JSON.stringify({ platform: 'chirper', id: `too old ${number}`, text: 'Long ago', createdAt: '1900-01-01T00:00:00Z' }),
];
/** Maximum broker downtime in seconds. */
const brokerTimeoutSeconds = 180;

type Message = { readonly key?: string; readonly value: string; readonly post?: Post };

/** Sends `rate` messages per second until it is stopped; while the broker is down, it waits and then catches up. */
export function startLoad(producer: Producer, topic: string, rate: number, random: () => number): Load {
  const deliveries: Delivery[] = [];
  const recent: Post[] = [];
  const malformed: string[] = [];
  let sent = 0;
  let stopped = false;
  const startedAt = Date.now();

  const next = (): Message => {
    const kind = pickKind(random());
    if (kind === 'malformed') return { value: malformations[sent % malformations.length]?.(sent) ?? '' };
    const earlier = recent[Math.floor(random() * recent.length)];
    const post = earlier && kind !== 'post' ? createVariant(earlier, kind) : createDemoPost(11, Date.now(), sent);
    return { key: `${post.platform}:${post.id}`, value: JSON.stringify(post), post };
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      const due = Math.floor(((Date.now() - startedAt) / 1_000) * rate) - sent;
      const messages: Message[] = [];
      for (let index = 0; index < Math.min(due, 2_000); index += 1) {
        const message = next();
        messages.push(message);
        if (message.post) remember(recent, message.post, random);
        sent += 1;
      }
      if (messages.length > 0) await sendWithRetry(producer, topic, messages);
      for (const { post, value } of messages) {
        if (post) deliveries.push(post);
        else malformed.push(value);
      }
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
  };
  const running = run();
  running.catch(() => {}); // `stop` rethrows it
  return {
    deliveries,
    malformed,
    sent: () => sent,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

type Variant = 'edit' | 'duplicate' | 'redatedDuplicate' | 'deletion';

function pickKind(random: number): Variant | 'malformed' | 'post' {
  let below = 0;
  for (const [kind, share] of Object.entries(shares)) {
    below += share;
    if (random < below) return kind as Variant | 'malformed'; // the keys of `shares`
  }
  return 'post';
}

/** A later version of a post, changed now. */
function createVariant(post: Post, kind: Variant): Post {
  const now = new Date().toISOString();
  if (kind === 'duplicate') return post;
  if (kind === 'redatedDuplicate') return { ...post, createdAt: now };
  return kind === 'edit'
    ? { ...post, updatedAt: now, text: `${post.text} (edited)` }
    : { ...post, updatedAt: now, text: '', deleted: true };
}

function remember(recent: Post[], post: Post, random: () => number): void {
  if (recent.length < maxRecentPosts) recent.push(post);
  else recent[Math.floor(random() * maxRecentPosts)] = post;
}

/** Retries until acknowledged: duplicates are harmless, reordering is not. */
async function sendWithRetry(producer: Producer, topic: string, messages: readonly Message[]): Promise<void> {
  const deadline = Date.now() + brokerTimeoutSeconds * 1_000;
  for (;;) {
    try {
      await producer.send({ topic, acks: -1, messages: messages.map(({ key, value }) => ({ value, ...(key !== undefined && { key }) })) });
      return;
    } catch (thrown) {
      if (Date.now() > deadline) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 500)); // the broker is down
    }
  }
}
