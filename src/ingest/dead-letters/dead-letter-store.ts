import { createHash } from 'node:crypto';
import type { DeadLetter } from './dead-letter-sink.ts';

/** A letter as it is found again: its reason may be one that a later feedpulse gave. */
export interface StoredDeadLetter extends Omit<DeadLetter, 'reason'> {
  /** Tells this letter from every other; copies of one letter share it. */
  readonly id: string;
  readonly reason: string;
}

/** May be slow: nothing more is read until it resolves. */
export type VisitLetter = (letter: StoredDeadLetter) => Promise<void> | void;

/** How far a reading is, in units of the store: messages of a topic, bytes of a file. */
export type OnProgress = (done: number, total: number) => void;

/** What became of a reading. */
export interface Reading {
  /** Entries of the store that are no dead letters. */
  readonly unreadable: number;
}

/** Where dead letters are found again, and put back from. */
export interface DeadLetterStore {
  /** Visits each letter that is there when the call begins, once, oldest first within a partition. */
  read(visit: VisitLetter, onProgress?: OnProgress): Promise<Reading>;
  /** Letters that were put back: when (ISO 8601), by the letter's id. */
  replayed(): Promise<ReadonlyMap<string, string>>;
  beginReplay(): Promise<Replay>;
}

/**
 * One run that puts letters back. Of two that overlap, each letter goes back once all the same: one of them
 * ends with REPLAY_CONFLICT.
 */
export interface Replay {
  /** Letters that were put back before it began: when (ISO 8601), by the letter's id. */
  readonly replayed: ReadonlyMap<string, string>;
  /** Puts letters back and records it: both happen, or neither. A file's become visible with `finish`. */
  put(letters: readonly ReplayItem[]): Promise<void>;
  /** Resolves to where the letters are now: a topic, a file. */
  finish(): Promise<string>;
  /** Leaves what is not finished undone. Harmless after `finish`. */
  close(): Promise<void>;
}

/** A letter that is a post by now. */
export interface ReplayItem {
  readonly letter: StoredDeadLetter;
  /** `platform:id`, for a message that came without a key. */
  readonly key: string;
}

/**
 * What tells a letter from every other: where it came from and its bytes. Bytes count because a topic may be
 * made anew, and files share names; `timestamp` where the feed itself gave it, for the same reason.
 */
export function letterId({ position, bytes }: Pick<DeadLetter, 'position' | 'bytes'>, timestamp?: number): string {
  const { topic, partition, offset } = position;
  return createHash('sha256')
    .update(JSON.stringify([topic, partition, offset, timestamp ?? null]))
    .update(bytes)
    .digest('base64url')
    .slice(0, 22);
}

/** `topic/partition/offset`, as commands print and take it. */
export function positionText({ topic, partition, offset }: DeadLetter['position']): string {
  return `${topic}/${partition}/${offset}`;
}

/** Remembers the last hundred thousand ids: copies of a letter, from a crash before its commit, lie close together. */
export function createDuplicateFilter(): (id: string) => boolean {
  const kept = 100_000;
  let recent = new Set<string>();
  let older = new Set<string>();
  return (id) => {
    if (recent.has(id) || older.has(id)) return true;
    if (recent.size >= kept) [older, recent] = [recent, new Set()];
    recent.add(id);
    return false;
  };
}
