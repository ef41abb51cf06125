import type { RawMessage } from '../../../src/ingest/sources/process-chunk.ts';
import type { LedgerPost } from './traffic.ts';

interface ReceivedPost {
  readonly timeUs: number;
  readonly text: string;
  readonly deleted: boolean;
}

/** Applies messages as a consumer would: the latest version of a post wins, an account takes its posts with it. */
export function applyMessages(messages: readonly Pick<RawMessage, 'bytes'>[]): Map<string, ReceivedPost> {
  const posts = new Map<string, ReceivedPost>();
  const accounts = new Map<string, number>();
  for (const { bytes } of messages) {
    const frame = JSON.parse(bytes.toString('utf8'));
    const payload = frame.payload ?? { ...frame, ...frame.commit };
    const timeUs = frame.time_us ?? Date.parse(payload.witnessedAt) * 1_000 + Number(payload.witnessedAt.slice(-4, -1));
    if (payload.account?.status === 'deleted') accounts.set(payload.did, timeUs);
    if (payload.collection !== 'app.bsky.feed.post') continue;
    const uri = `at://${payload.did}/${payload.collection}/${payload.rkey}`;
    const isNewer = timeUs >= (posts.get(uri)?.timeUs ?? 0);
    if (isNewer) posts.set(uri, { timeUs, text: payload.record?.text ?? '', deleted: payload.operation === 'delete' });
  }
  for (const [uri, post] of posts) {
    const leftUs = accounts.get(uri.split('/')[2] ?? '') ?? 0;
    if (post.timeUs <= leftUs) posts.set(uri, { ...post, deleted: true });
  }
  return posts;
}

/** Posts whose final state was not received. @param since index of the network's first event that counts */
export function lostPosts(ledger: ReadonlyMap<string, LedgerPost>, received: ReadonlyMap<string, ReceivedPost>, since = 0): string[] {
  return [...ledger.values()]
    .filter(({ events }) => events.every((index) => index >= since))
    .filter(({ uri, text, deleted }) => {
      const post = received.get(uri);
      return !post || post.deleted !== deleted || (!deleted && post.text !== text);
    })
    .map(({ uri, events }) => `${uri} ${events}`);
}
