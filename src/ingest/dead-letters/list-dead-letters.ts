import type { OnProgress } from '../../lib/progress.ts';
import { type DeadLetterStore, formatPosition, type StoredDeadLetter } from './dead-letter-store.ts';

/** A dead letter as listed: without its content, which may be large and personal. */
export interface DeadLetterSummary {
  readonly position: string;
  readonly reason: string;
  /** When it was dead-lettered, ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  /** When it was replayed, ISO 8601; null if it was not. */
  readonly replayedAt: string | null;
}

export interface DeadLetterList {
  /** The latest, in the order of the store. */
  readonly deadLetters: readonly DeadLetterSummary[];
  /** Counts of all matching dead letters by reason, not capped by `limit`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
  readonly unreadable: number;
}

/** Reads the whole store and returns the last `limit` dead letters that pass the filter. */
export async function listDeadLetters(
  store: DeadLetterStore,
  { filter, limit, onProgress }: { filter: (deadLetter: StoredDeadLetter) => boolean; limit: number; onProgress?: OnProgress },
): Promise<DeadLetterList> {
  const replayedAt = await store.replayed();
  const deadLetters: DeadLetterSummary[] = [];
  const counts: Record<string, number> = {};
  let replayed = 0;
  const { unreadable } = await store.read((deadLetter) => {
    if (!filter(deadLetter)) return;
    counts[deadLetter.reason] = (counts[deadLetter.reason] ?? 0) + 1;
    if (replayedAt.has(deadLetter.id)) replayed += 1;
    deadLetters.push(toSummary(deadLetter, replayedAt.get(deadLetter.id)));
    if (deadLetters.length > limit) deadLetters.shift();
  }, onProgress);
  return { deadLetters, counts, replayed, unreadable };
}

function toSummary({ position, reason, at, bytes, truncatedFrom }: StoredDeadLetter, replayedAt: string | undefined): DeadLetterSummary {
  return { position: formatPosition(position), reason, at, bytes: truncatedFrom ?? bytes.length, replayedAt: replayedAt ?? null };
}
