import { createHash } from 'node:crypto';
import type { OnProgress } from '../../lib/progress.ts';
import type { DeadLetter } from './dead-letter.ts';

/** A dead letter as it was stored; its reason may come from another version of feedpulse. */
export interface StoredDeadLetter extends Omit<DeadLetter, 'reason'> {
  /** Unique; duplicates of a dead letter share it. */
  readonly id: string;
  readonly reason: string;
  /** `rawHeaders` as a mapping reads them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Called for each dead letter; reading waits until it resolves. */
export type DeadLetterVisitor = (deadLetter: StoredDeadLetter) => Promise<void> | void;

/** The result of reading a store. */
export interface ReadSummary {
  /** Entries of the store that are not dead letters. */
  readonly unreadable: number;
}

/** Stored dead letters, which can be read and replayed. */
export interface DeadLetterStore {
  /**
   * Visits each dead letter that exists when the call begins, once, oldest first within a partition. Progress is in
   * messages of the topic, or in bytes of the file.
   */
  read(visit: DeadLetterVisitor, onProgress?: OnProgress): Promise<ReadSummary>;
  /** When each replayed dead letter was replayed (ISO 8601), by ID. */
  replayed(): Promise<ReadonlyMap<string, string>>;
  beginReplay(): Promise<Replay>;
}

/** A run that replays dead letters. If two overlap, one fails with REPLAY_CONFLICT; each dead letter is replayed once. */
export interface Replay {
  /** When each dead letter was replayed (ISO 8601), by ID, for those replayed before this run. */
  readonly replayed: ReadonlyMap<string, string>;
  /** Replays dead letters and records it, atomically. In a file they become visible with `finish`. */
  put(items: readonly ReplayItem[]): Promise<void>;
  /** Resolves to the topic or file that holds the replayed messages. */
  finish(): Promise<string>;
  /** Discards an unfinished replay. Has no effect after `finish`. */
  close(): Promise<void>;
}

/** A dead letter that can be parsed now. */
export interface ReplayItem {
  readonly deadLetter: StoredDeadLetter;
  /** `platform:id`, used if the message had no key. */
  readonly key: string;
}

/**
 * The ID of a dead letter: a hash of its position and bytes. The bytes are included because a topic may be recreated and
 * files may share a name; the timestamp too, if it comes from the source itself.
 */
export function deadLetterId({ position, bytes }: Pick<DeadLetter, 'position' | 'bytes'>, timestamp?: number): string {
  const { topic, partition, offset } = position;
  return createHash('sha256')
    .update(JSON.stringify([topic, partition, offset, timestamp ?? null]))
    .update(bytes)
    .digest('base64url')
    .slice(0, 22);
}

/** `topic/partition/offset`, as commands print and accept it. */
export function formatPosition({ topic, partition, offset }: DeadLetter['position']): string {
  return `${topic}/${partition}/${offset}`;
}

/** Returns whether an ID is among the last 100,000: duplicates caused by a crash before a commit are close together. */
export function createDuplicateDetector(): (id: string) => boolean {
  const maxRecent = 100_000;
  let recent = new Set<string>();
  let older = new Set<string>();
  return (id) => {
    if (recent.has(id) || older.has(id)) return true;
    if (recent.size >= maxRecent) [older, recent] = [recent, new Set()];
    recent.add(id);
    return false;
  };
}

/** Selects dead letters by reason, and by the time of rejection in milliseconds since 1970. */
export function createDeadLetterFilter({ reason, since }: { readonly reason?: string | undefined; readonly since?: number }) {
  return (deadLetter: Pick<StoredDeadLetter, 'reason' | 'at'>): boolean =>
    (reason === undefined || deadLetter.reason === reason) && (since === undefined || Date.parse(deadLetter.at) >= since);
}
