import { asError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { formatPosition, type StoredDeadLetter } from './dead-letter-store.ts';
import type { SourceDeadLetters } from './open-dead-letters.ts';

/** A dead letter as listed: without its content, which may be large and personal. */
export interface DeadLetterSummary {
  readonly source: string;
  readonly position: string;
  readonly reason: string;
  /** When it was dead-lettered, ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  /** When it was replayed, ISO 8601; null if it was not. */
  readonly replayedAt: string | null;
}

export interface DeadLetterList {
  /** The latest: in the order of the store, or by time if there are several sources. */
  readonly deadLetters: readonly DeadLetterSummary[];
  /** Counts of all matching dead letters by reason, not capped by `limit`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
  readonly unreadable: number;
  /** Why the dead letters of some of several sources could not be read. */
  readonly unavailable: readonly string[];
}

type Listing = Omit<DeadLetterList, 'unavailable'>;

interface ListOptions {
  readonly filter: (deadLetter: StoredDeadLetter) => boolean;
  readonly limit: number;
  readonly onProgress?: OnProgress;
}

/**
 * Reads all dead letters of the sources and returns the last `limit` that pass the filter. One of several sources that
 * cannot be read does not hide the others.
 * @throws for a single source, what its store throws
 */
export async function listDeadLetters(sources: readonly SourceDeadLetters[], options: ListOptions): Promise<DeadLetterList> {
  const [only, ...others] = sources;
  if (only && others.length === 0) return { ...(await listSource(only, options)), unavailable: [] };
  const unavailable: string[] = [];
  const listings: Listing[] = [];
  for (const source of sources) {
    try {
      listings.push(await listSource(source, options));
    } catch (thrown) {
      unavailable.push(`${source.source}: ${asError(thrown).message}`);
    }
  }
  return { ...mergeListings(listings, options.limit), unavailable };
}

function mergeListings(listings: readonly Listing[], limit: number): Listing {
  const counts: Record<string, number> = {};
  for (const listing of listings)
    for (const [reason, count] of Object.entries(listing.counts)) counts[reason] = (counts[reason] ?? 0) + count;
  const byTime = listings.flatMap(({ deadLetters }) => deadLetters).sort((a, b) => a.at.localeCompare(b.at));
  return {
    deadLetters: byTime.slice(-limit),
    counts,
    replayed: listings.reduce((sum, { replayed }) => sum + replayed, 0),
    unreadable: listings.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

async function listSource({ source, store }: SourceDeadLetters, { filter, limit, onProgress }: ListOptions): Promise<Listing> {
  const replayedAt = await store.replayed();
  const deadLetters: DeadLetterSummary[] = [];
  const counts: Record<string, number> = {};
  let replayed = 0;
  const { unreadable } = await store.read((deadLetter) => {
    if (!filter(deadLetter)) return;
    counts[deadLetter.reason] = (counts[deadLetter.reason] ?? 0) + 1;
    if (replayedAt.has(deadLetter.id)) replayed += 1;
    deadLetters.push({ source, ...toSummary(deadLetter, replayedAt.get(deadLetter.id)) });
    if (deadLetters.length > limit) deadLetters.shift();
  }, onProgress);
  return { deadLetters, counts, replayed, unreadable };
}

function toSummary({ position, reason, at, bytes, truncatedFrom }: StoredDeadLetter, replayedAt: string | undefined) {
  return { position: formatPosition(position), reason, at, bytes: truncatedFrom ?? bytes.length, replayedAt: replayedAt ?? null };
}
