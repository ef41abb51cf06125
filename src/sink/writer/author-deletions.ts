import type { ScoredPost } from '../../domain/post.ts';
import { toIso } from '../../lib/time.ts';
import { RowRejected } from '../client/database-errors.ts';
import type { AuthorKey } from '../queries/author-deletions.ts';
import { type AuthoredPost, postKey } from '../queries/posts.ts';
import { firstPage } from '../queries/sql.ts';
import { toDateTime, toRow, toTimestampMs, toVersion } from './post-row.ts';
import { toDeletion } from './to-deletion.ts';

/** Posts of a page: as many as the largest batch that the pipeline writes. */
const pageSize = 5_000;

/** Reads one page of the stored posts of some authors of a platform. */
export type ReadPostsOfAuthors = (
  authors: { readonly platform: string; readonly authors: readonly string[] },
  page: { readonly after: { readonly minute: number; readonly id: string }; readonly limit: number },
  signal?: AbortSignal,
) => Promise<readonly AuthoredPost[]>;

/** Stores posts, here the deletions of an author's posts. */
type WritePosts = (posts: readonly ScoredPost[], signal?: AbortSignal) => Promise<{ readonly rejected: readonly ScoredPost[] }>;

/** A row of `author_deletions`. */
export interface AuthorDeletionRow extends Readonly<Record<string, unknown>> {
  readonly platform: string;
  readonly author: string;
  readonly deleted_at: string;
}

interface AuthorDeletionDeps {
  /** Records deletions, for posts that arrive later. */
  readonly record: (deletions: readonly AuthorDeletionRow[], signal?: AbortSignal) => Promise<void>;
  readonly readPage: ReadPostsOfAuthors;
  readonly write: WritePosts;
}

/**
 * Deletes the stored posts of authors, page by page. Each gets a deletion with the version of its author's deletion, so
 * that a newer version of the post survives, and a repeated call changes nothing. The deletions are recorded first, so that
 * of two processes that store a post and delete its author at the same time, at least one finds the other's row.
 * @param deletions posts with `deletesAuthor`
 * @returns the deletions that name no author, or that the database rejected
 */
export async function deleteAuthors(
  deletions: readonly ScoredPost[],
  { record, readPage, write }: AuthorDeletionDeps,
  signal?: AbortSignal,
): Promise<ReadonlySet<ScoredPost>> {
  const rejected = new Set(deletions.filter((deletion) => !isValid(deletion)));
  const valid = deletions.filter((deletion) => !rejected.has(deletion));
  for (const platform of new Set(valid.map((deletion) => deletion.platform))) {
    const newest = newestByAuthor(valid.filter((deletion) => deletion.platform === platform));
    const authors = [...newest.keys()];
    await record(
      [...newest].map(([author, deletion]) => ({ platform, author, deleted_at: toDateTime(toTimestampMs(deletion, 'updatedAt')) })),
      signal,
    );
    for (let after: Pick<AuthoredPost, 'minute' | 'id'> = firstPage, isLast = false; !isLast; ) {
      const page = await readPage({ platform, authors }, { after, limit: pageSize }, signal);
      const causes = new Map<ScoredPost, ScoredPost>();
      for (const stored of newestVersions(page)) {
        const cause = newest.get(stored.author);
        if (cause && stored.version < toVersion(cause)) causes.set(toPostDeletion(stored, cause), cause);
      }
      if (causes.size > 0) for (const post of (await write([...causes.keys()], signal)).rejected) rejected.add(causes.get(post) ?? post);
      after = page.at(-1) ?? after;
      isLast = page.length < pageSize;
    }
  }
  return rejected;
}

interface LatePostDeps {
  /** When those of these authors who were deleted were deleted (ms since 1970), by `postKey`. */
  readonly findDeletions: (authors: readonly AuthorKey[], signal?: AbortSignal) => Promise<ReadonlyMap<string, number>>;
  readonly write: WritePosts;
}

/**
 * Deletes those of the posts whose authors were deleted before: a feed may deliver a post later than the deletion of its
 * author, for example one that it lost at first. Called after the rows of `posts` are stored.
 * @returns the posts whose deletion the database rejected
 */
export async function deletePostsOfDeletedAuthors(
  posts: readonly ScoredPost[],
  { findDeletions, write }: LatePostDeps,
  signal?: AbortSignal,
): Promise<ReadonlySet<ScoredPost>> {
  const authored = posts.filter(({ author, deleted }) => author && !deleted);
  if (authored.length === 0) return new Set();
  const deletedAt = await findDeletions([...new Map(authored.map((post) => [authorKey(post), authorOf(post)])).values()], signal);
  const causes = new Map<ScoredPost, ScoredPost>();
  for (const post of authored) {
    const ms = deletedAt.get(authorKey(post));
    if (ms === undefined) continue;
    const deletion = toDeletion(post, ms);
    if (toVersion(post) < toVersion(deletion)) causes.set(deletion, post);
  }
  if (causes.size === 0) return new Set();
  const { rejected } = await write([...causes.keys()], signal);
  return new Set(rejected.flatMap((deletion) => causes.get(deletion) ?? []));
}

const authorOf = ({ platform, author }: ScoredPost): AuthorKey => ({ platform, id: author?.id ?? '' });
const authorKey = (post: ScoredPost): string => postKey(authorOf(post));

/** False if it names no author, or if the database would change a value of its row. */
function isValid(deletion: ScoredPost): boolean {
  try {
    toRow(deletion, { createdAtMs: 0, isCopy: false });
    return Boolean(deletion.author?.id);
  } catch (thrown) {
    if (thrown instanceof RowRejected) return false;
    throw thrown;
  }
}

function newestByAuthor(deletions: readonly ScoredPost[]): Map<string, ScoredPost> {
  const newest = new Map<string, ScoredPost>();
  for (const deletion of deletions) {
    const author = deletion.author?.id ?? '';
    const known = newest.get(author);
    if (!known || toVersion(known) < toVersion(deletion)) newest.set(author, deletion);
  }
  return newest;
}

/** One row per post, with its newest version: those that are no older than the deletion need no other. */
function newestVersions(page: readonly AuthoredPost[]): Iterable<AuthoredPost> {
  const newest = new Map<string, AuthoredPost>();
  for (const stored of page) {
    const key = `${stored.minute} ${stored.id}`;
    if (stored.version > (newest.get(key)?.version ?? -1)) newest.set(key, stored);
  }
  return newest.values();
}

/** Keeps the author's ID, by which an erasure finds the row that remains. */
function toPostDeletion({ id, createdAtMs, author }: AuthoredPost, { deletesAuthor: _, ...cause }: ScoredPost): ScoredPost {
  return { ...cause, id, createdAt: toIso(createdAtMs), author: { id: author } };
}
