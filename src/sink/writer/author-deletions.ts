import type { ScoredPost } from '../../domain/post.ts';
import { toIso } from '../../lib/time.ts';
import { RowRejected } from '../client/database-errors.ts';
import type { AuthoredPost } from '../queries/posts.ts';
import { firstPage } from '../queries/sql.ts';
import { toRow, toVersion } from './post-row.ts';

/** Posts of a page: as many as the largest batch that the pipeline writes. */
const pageSize = 5_000;

/** Reads one page of the stored posts of some authors of a platform. */
export type ReadPostsOfAuthors = (
  authors: { readonly platform: string; readonly authors: readonly string[] },
  page: { readonly after: { readonly minute: number; readonly id: string }; readonly limit: number },
  signal?: AbortSignal,
) => Promise<readonly AuthoredPost[]>;

interface AuthorDeletionDeps {
  readonly readPage: ReadPostsOfAuthors;
  /** Stores posts, here the deletions of an author's posts. */
  readonly write: (posts: readonly ScoredPost[], signal?: AbortSignal) => Promise<{ readonly rejected: readonly ScoredPost[] }>;
}

/**
 * Deletes the stored posts of authors, page by page. Each gets a deletion with the version of its author's deletion, so
 * that a newer version of the post survives, and a repeated call changes nothing.
 * @param deletions posts with `deletesAuthor`
 * @returns the deletions that name no author, or that the database rejected
 */
export async function deleteAuthors(
  deletions: readonly ScoredPost[],
  { readPage, write }: AuthorDeletionDeps,
  signal?: AbortSignal,
): Promise<ReadonlySet<ScoredPost>> {
  const rejected = new Set(deletions.filter((deletion) => !isValid(deletion)));
  const valid = deletions.filter((deletion) => !rejected.has(deletion));
  for (const platform of new Set(valid.map((deletion) => deletion.platform))) {
    const newest = newestByAuthor(valid.filter((deletion) => deletion.platform === platform));
    const authors = [...newest.keys()];
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
