import type { Producer } from 'kafkajs';
import { demoPost } from '../../src/ingest/demo/demo-post.ts';
import type { Post } from '../../src/post.ts';
import type { Delivery } from '../support/ledger.ts';

/** A feed that is written at a steady rate, and what has been acknowledged of it. */
export interface Load {
  /** In the order in which the broker has them, key by key. */
  readonly deliveries: Delivery[];
  /** Messages that are no posts. */
  readonly malformed: () => number;
  readonly sent: () => number;
  stop(): Promise<void>;
}

/** Shares of what is sent beside new posts. */
const shares = { edit: 0.05, copy: 0.04, movedCopy: 0.02, deletion: 0.01, malformed: 0.005 };
const tickMs = 100;
/** Posts that edits, copies and deletions are made of. */
const remembered = 5_000;

type Message = { readonly key?: string; readonly value: string; readonly post?: Post };

/** Sends `rate` messages a second until it is stopped; while the broker is away, it waits and catches up. */
export function startLoad(producer: Producer, topic: string, rate: number, random: () => number): Load {
  const deliveries: Delivery[] = [];
  const recent: Post[] = [];
  let malformed = 0;
  let sent = 0;
  let stopped = false;
  const startedAt = Date.now();

  const next = (): Message => {
    const kind = pick(random());
    if (kind === 'malformed') return { value: `no post ${sent}` };
    const earlier = recent[Math.floor(random() * recent.length)];
    const post = earlier && kind !== 'post' ? variantOf(earlier, kind) : demoPost(11, Date.now(), sent);
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
      if (messages.length > 0) await sendSurely(producer, topic, messages);
      for (const { post } of messages) {
        if (post) deliveries.push(post);
        else malformed += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
  };
  const running = run();
  return {
    deliveries,
    malformed: () => malformed,
    sent: () => sent,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

type Variant = 'edit' | 'copy' | 'movedCopy' | 'deletion';

function pick(random: number): Variant | 'malformed' | 'post' {
  let below = 0;
  for (const [kind, share] of Object.entries(shares)) {
    below += share;
    if (random < below) return kind as Variant | 'malformed'; // the keys of `shares`
  }
  return 'post';
}

/** What comes later of a post; changes have the present as their time. */
function variantOf(post: Post, kind: Variant): Post {
  const now = new Date().toISOString();
  if (kind === 'copy') return post;
  if (kind === 'movedCopy') return { ...post, createdAt: now };
  return kind === 'edit'
    ? { ...post, updatedAt: now, text: `${post.text} (edited)` }
    : { ...post, updatedAt: now, text: '', deleted: true };
}

function remember(recent: Post[], post: Post, random: () => number): void {
  if (recent.length < remembered) recent.push(post);
  else recent[Math.floor(random() * remembered)] = post;
}

/** Sent again until it is acknowledged: a second copy counts once, an order that changed would not. */
async function sendSurely(producer: Producer, topic: string, messages: readonly Message[]): Promise<void> {
  for (;;) {
    try {
      await producer.send({ topic, acks: -1, messages: messages.map(({ key, value }) => ({ value, ...(key !== undefined && { key }) })) });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500)); // the broker is away
    }
  }
}
