import type { Label } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/query.ts';
import { readCorrectedMinutes, readPostsToCorrect } from '../queries/corrections.ts';
import { findFirstSeen, postKey } from '../queries/posts.ts';
import { markDirty } from '../queries/rollups.ts';

/** Limit of one correction, to limit the damage of a wrong filter. */
const maxPosts = 10_000;

/** Selects one post by key, or all posts that match a filter. `text` is part of the text, ignoring case. */
export type Selection = { readonly platform: string; readonly id: string } | Filter;

export interface Filter {
  /** Milliseconds since 1970; `from` is included, `to` is not. */
  readonly from: number;
  readonly to: number;
  /** `*` is all posts. */
  readonly brand: string;
  readonly platform?: string | undefined;
  readonly lang?: string | undefined;
  /** The present label, corrections included. */
  readonly label?: string | undefined;
  readonly text?: string | undefined;
}

export interface Correction {
  readonly posts: Selection;
  /** The correct label; undefined removes corrections. */
  readonly label: Label | undefined;
  /** Who corrects it. */
  readonly by: string;
  readonly reason: string;
  /** Fail if the number of posts differs. */
  readonly expected?: number | undefined;
}

/** How many posts a correction would change. @throws USAGE if there are more than 10,000 */
export async function countCorrectable(db: Database, { posts, label }: Pick<Correction, 'posts' | 'label'>): Promise<number> {
  return (await findPosts(db, posts, label === undefined)).length;
}

/**
 * Corrects the label of posts, or removes their corrections; returns how many posts there were. Rollups are updated
 * within seconds: minutes are marked as dirty once the corrections are stored.
 * @throws USAGE for more than 10,000 posts, or not as many as expected; the database's error; the call can be repeated
 */
export async function applyCorrection(db: Database, correction: Correction): Promise<number> {
  const { posts, label, by, reason, expected } = correction;
  const found = await findPosts(db, posts, label === undefined);
  if (expected !== undefined && expected !== found.length)
    throw new FeedpulseError('USAGE', `expected: the filter now matches ${found.length} posts, not ${expected}.`);
  const rows = found.map(({ minute, platform, id, at }) => ({
    ...{ minute, platform, id, correction: label ?? 'none' },
    ...{ corrected_by: by, reason, corrected_at: at },
  }));
  await insertRows(db.maintenance, 'corrections', rows);
  await markDirty(db.maintenance, [...new Set(found.map(({ minute }) => minute))]);
  return found.length;
}

/**
 * Marks the minutes of the last day's corrections as dirty again. Called when a process starts: the previous one may
 * have stopped between storing a correction and marking it.
 */
export async function markRecentCorrectionsDirty(db: Database): Promise<void> {
  await markDirty(db.maintenance, await readCorrectedMinutes(db.maintenance));
}

async function findPosts(db: Database, posts: Selection, onlyCorrected: boolean) {
  const filter = 'id' in posts ? await filterFor(db, posts) : posts;
  if (!filter) return [];
  const { from, to, brand, platform = '', lang = '', label = '', text = '' } = filter;
  const id = 'id' in posts ? posts.id : '';
  const found = await readPostsToCorrect(db.maintenance, { from, to, brand, platform, id, lang, label, text, onlyCorrected }, maxPosts + 1);
  if (found.length > maxPosts) throw new FeedpulseError('USAGE', `posts: more than ${maxPosts} match; narrow the filter.`);
  return found;
}

/** Restricts the search to the post's creation time, to avoid a full scan; undefined if the post is unknown. */
async function filterFor(db: Database, post: { platform: string; id: string }): Promise<Filter | undefined> {
  const createdAt = (await findFirstSeen(db.maintenance, [post])).get(postKey(post));
  return createdAt === undefined ? undefined : { from: createdAt, to: createdAt + 1, brand: '*', platform: post.platform };
}
