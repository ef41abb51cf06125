import type { Label } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/insert.ts';
import { selectCorrected, selectToCorrect } from '../queries/writing.ts';
import { markDirty } from '../rollups/dirty-minutes.ts';
import { findFirstSeen, keyOf } from '../writer/first-seen.ts';

/** One correction is no larger, so that a slip of a filter stays small. */
const mostPosts = 10_000;
const minuteMs = 60_000;

/** Which posts: one by its key, or all of a range that fit. Absent means any; `text` is a part of the text, in any case. */
export type Selection = { readonly platform: string; readonly id: string } | Filter;

export interface Filter {
  /** Milliseconds since 1970; `from` belongs to it, `to` does not. */
  readonly from: number;
  readonly to: number;
  /** `*` is all posts. */
  readonly brand: string;
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
  /** The label that counts now. */
  readonly label?: string | undefined;
  readonly text?: string | undefined;
}

export interface Correction {
  readonly posts: Selection;
  /** What the posts say in truth; none takes their corrections back. */
  readonly label: Label | undefined;
  /** Who says so. */
  readonly by: string;
  readonly reason: string;
  /** Refuse if it would be another number of posts. */
  readonly expected?: number | undefined;
}

interface Row {
  readonly minute: number;
  readonly platform: string;
  readonly id: string;
  readonly at: string;
}

/** How many posts a correction would change. @throws USAGE when they are too many */
export async function countToCorrect(db: Database, { posts, label }: Pick<Correction, 'posts' | 'label'>): Promise<number> {
  return (await select(db, posts, label === undefined)).length;
}

/**
 * Corrects the label of posts, or takes that back, and answers with how many they were. The figures follow within
 * seconds: the minutes are marked once the corrections are stored.
 * @throws USAGE when they are too many, or not as many as expected; the database's fault, after which it should be repeated
 */
export async function correct(db: Database, correction: Correction): Promise<number> {
  const { posts, label, by, reason, expected } = correction;
  const found = await select(db, posts, label === undefined);
  if (expected !== undefined && expected !== found.length)
    throw new FeedpulseError('USAGE', `expected: the filter finds ${found.length} posts by now, not ${expected}`);
  const rows = found.map(({ minute, platform, id, at }) => ({
    minute,
    platform,
    id,
    correction: label ?? 'none',
    corrected_by: by,
    reason,
    corrected_at: at,
  }));
  await insertRows(db.upkeep, 'corrections', rows);
  await markDirty(db.upkeep, [...new Set(found.map(({ minute }) => Number(minute)))]);
  return found.length;
}

/**
 * Marks the minutes of the corrections of the last day once more, for the start of a process: one that died may have
 * stored a correction and not marked it.
 */
export async function markCorrected(db: Database): Promise<void> {
  const result = await db.upkeep.query({ query: selectCorrected, format: 'JSONEachRow' });
  await markDirty(
    db.upkeep,
    (await result.json<{ minute: number }>()).map(({ minute }) => Number(minute)),
  );
}

async function select(db: Database, posts: Selection, undo: boolean): Promise<Row[]> {
  const filter = 'id' in posts ? await filterOf(db, posts) : posts;
  if (!filter) return [];
  const result = await db.upkeep.query({
    query: selectToCorrect,
    query_params: {
      from: Math.floor(filter.from / minuteMs) * 60,
      to: Math.ceil(filter.to / minuteMs) * 60,
      fromMs: filter.from,
      toMs: filter.to,
      brand: filter.brand,
      platform: filter.platform ?? '',
      id: 'id' in posts ? posts.id : '',
      lang: filter.lang ?? '',
      label: filter.label ?? '',
      text: filter.text ?? '',
      undo,
      limit: mostPosts + 1,
    },
    format: 'JSONEachRow',
  });
  const found = await result.json<Row>();
  if (found.length > mostPosts) throw new FeedpulseError('USAGE', `posts: more than ${mostPosts} at once; choose fewer`);
  return found;
}

/** The moment in which a post was created: its key tells, so that not the whole table is searched. */
async function filterOf(db: Database, post: { platform: string; id: string }): Promise<Filter | undefined> {
  const createdAt = (await findFirstSeen(db.upkeep, [post])).get(keyOf(post));
  return createdAt === undefined ? undefined : { from: createdAt, to: createdAt + 1, brand: '*', platform: post.platform };
}
