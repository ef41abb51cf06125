import { type DeadLetterStore, type OnProgress, positionText, type StoredDeadLetter } from './dead-letter-store.ts';

/** What a list shows of a letter. Never its bytes, of which there may be many, and which are other people's. */
export interface ListedLetter {
  readonly position: string;
  readonly reason: string;
  /** When it was refused, ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  /** When it was put back, ISO 8601. */
  readonly replayedAt: string | null;
}

export interface DeadLetterList {
  /** The latest, in the order of the store. */
  readonly letters: readonly ListedLetter[];
  /** Letters that are wanted, by reason; more than are listed where there are more than the limit. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
  readonly unreadable: number;
}

/** Reads the whole store, and keeps the last `limit` letters that are wanted. */
export async function listDeadLetters(
  store: DeadLetterStore,
  { wanted, limit, onProgress }: { wanted: (letter: StoredDeadLetter) => boolean; limit: number; onProgress?: OnProgress },
): Promise<DeadLetterList> {
  const putBack = await store.replayed();
  const letters: ListedLetter[] = [];
  const counts: Record<string, number> = {};
  let replayed = 0;
  const { unreadable } = await store.read((letter) => {
    if (!wanted(letter)) return;
    counts[letter.reason] = (counts[letter.reason] ?? 0) + 1;
    if (putBack.has(letter.id)) replayed += 1;
    letters.push(toListed(letter, putBack.get(letter.id)));
    if (letters.length > limit) letters.shift();
  }, onProgress);
  return { letters, counts, replayed, unreadable };
}

function toListed({ position, reason, at, bytes, truncatedFrom }: StoredDeadLetter, replayedAt: string | undefined): ListedLetter {
  return { position: positionText(position), reason, at, bytes: truncatedFrom ?? bytes.length, replayedAt: replayedAt ?? null };
}
