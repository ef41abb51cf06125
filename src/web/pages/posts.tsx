import { useEffect, useState } from 'preact/hooks';
import { parseQuery, positiveTerms } from '../../domain/query-language.ts';
import { errorMessage } from '../api/client.ts';
import {
  fetchBreakdown,
  fetchPostCounts,
  fetchPosts,
  type PostCounts,
  type PostResponse,
  type PostsPage,
  postKey,
} from '../api/history.ts';
import { Panel } from '../components/panel.tsx';
import { PostCard } from '../components/post-card.tsx';
import { CorrectionBar, PostCorrection } from '../components/post-correction.tsx';
import { PostFilters } from '../components/post-filters.tsx';
import { PostTrend } from '../components/post-trend.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { savePosts } from '../export-file.ts';
import { formatInteger, formatPlural } from '../format.ts';
import { brandsTitle } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { hasRole } from '../state/session.ts';
import { rangeLengthMs } from '../state/time-range.ts';
import { useCorrections } from '../state/use-corrections.ts';
import { useQuery } from '../state/use-query.ts';
import { type Brands, type PostFilter, selectedBrand, selectedBrands, type TimeRange } from '../state/view-state.ts';
import { currentRange, timeZone } from '../state/zone.ts';

const pageSize = 30;
const breakdownRefreshMs = 60_000;
/** The list is not refreshed: it would move while someone reads it. */
const firstPageRefreshMs = 3_600_000;

/** The server's limit for sorting other than by time. */
const maxRankedMs = 31 * 86_400_000;
/** The server's limit for counting. */
const maxCountedMs = 92 * 86_400_000;

/** The posts of the range: filter, search, sort, and correct their labels. */
export function Posts() {
  const brand = selectedBrand(view.value);
  const brands = selectedBrands(view.value);
  const range = currentRange();
  const canRank = rangeLengthMs(range) <= maxRankedMs;
  const filter = canRank ? view.value.filter : withoutSort(view.value.filter);
  const breakdown = useQuery(
    `breakdown ${JSON.stringify([brand, range])}`,
    (signal) => fetchBreakdown(brand, range, signal),
    breakdownRefreshMs,
  );
  const queryKey = JSON.stringify([brands, range, filter]);
  const pages = usePages(brands, range, filter, queryKey);
  const counts = useCounts(brands, range, filter);
  const corrections = useCorrections(pages.posts, queryKey);
  const now = Date.now();
  const words = positiveTerms(parseQuery(filter.text ?? ''));
  const canCorrect = hasRole('editor');
  return (
    <div class="view">
      <PostFilters breakdown={breakdown.data} canRank={canRank} />
      <Panel
        title={`Posts: ${brandsTitle(brands)}`}
        hint={describeCount(pages, counts)}
        actions={<SaveButtons subject="these posts" csv={() => savePosts(brands, range, filter)} />}
        class="post-list"
      >
        {counts && counts.total > 0 && <PostTrend counts={counts} range={range} />}
        {pages.error && <p class="empty">{pages.error}</p>}
        {!pages.isLoading && pages.posts.length === 0 && !pages.error && <p class="empty">No posts match these filters.</p>}
        <ol class={`cards ${pages.isLoading || pages.isStale ? 'stale' : ''}`}>
          {corrections.posts.map((post) => (
            <li key={postKey(post)}>
              <PostCard post={post} now={now} timeZone={timeZone()} words={words}>
                {canCorrect && (
                  <PostCorrection
                    post={post}
                    isSelected={corrections.selectedKeys.has(postKey(post))}
                    isBusy={corrections.isBusy}
                    toggle={() => corrections.toggle(postKey(post))}
                    correct={(label) => void corrections.apply([post], label)}
                  />
                )}
              </PostCard>
            </li>
          ))}
        </ol>
        {pages.next && (
          <button type="button" class="main-button more" disabled={pages.isLoading} onClick={pages.loadMore}>
            Load more
          </button>
        )}
      </Panel>
      <CorrectionBar corrections={corrections} />
    </div>
  );
}

const withoutSort = ({ sort: _, ...filter }: PostFilter): PostFilter => filter;

function describeCount({ posts, next, isLoading, isStale }: Pages, counts: PostCounts | undefined): string | undefined {
  if (isLoading) return 'Loading…';
  if (isStale) return undefined;
  const folded = posts.reduce((sum, { similar }) => sum + (similar?.count ?? 0), 0);
  const shown = `${formatInteger(posts.length)}${folded > 0 ? ` and ${formatInteger(folded)} similar` : ''}`;
  // The total may be a moment older than the list.
  const total = counts && Math.max(counts.total, posts.length + folded);
  if (total !== undefined)
    return next === null && folded === 0 ? formatPlural(total, 'post') : `Showing ${shown} of ${formatPlural(total, 'post')}`;
  return `${formatPlural(posts.length, 'post')}${next ? ', more available' : ''}`;
}

/** The total and the trend of a search; undefined while it is counted, or if the range is too long. */
function useCounts(brands: Brands, range: TimeRange, filter: PostFilter): PostCounts | undefined {
  const isCounted = rangeLengthMs(range) <= maxCountedMs;
  const { sort: _, fold: __, ...counted } = filter;
  const { data, isStale } = useQuery(
    `post counts ${JSON.stringify([brands, range, counted])}`,
    async (signal) => (isCounted ? await fetchPostCounts(brands, range, counted, signal) : null),
    breakdownRefreshMs,
  );
  return isStale ? undefined : (data ?? undefined);
}

interface Pages {
  readonly posts: readonly PostResponse[];
  readonly next: string | null;
  readonly isLoading: boolean;
  /** Whether the posts belong to the previous filters. */
  readonly isStale: boolean;
  readonly error: string | undefined;
  loadMore(): void;
}

/** Loads the posts page by page. */
function usePages(brands: Brands, range: TimeRange, filter: PostFilter, queryKey: string): Pages {
  const first = useQuery(
    `posts ${queryKey}`,
    (signal) => fetchPosts(brands, range, filter, { limit: pageSize }, signal),
    firstPageRefreshMs,
    { ignoresReloadAll: true },
  );
  const [laterPages, setLaterPages] = useState<{ queryKey: string; pages: readonly PostsPage[]; isLoading: boolean; error?: string }>({
    queryKey,
    pages: [],
    isLoading: false,
  });
  const current = laterPages.queryKey === queryKey ? laterPages : { queryKey, pages: [], isLoading: false, error: undefined };
  useEffect(() => setLaterPages({ queryKey, pages: [], isLoading: false }), [queryKey]);
  const next = first.isStale ? null : ((current.pages.at(-1) ?? first.data)?.next ?? null);
  const loadMore = (): void => {
    if (next === null || current.isLoading) return;
    setLaterPages({ queryKey, pages: current.pages, isLoading: true });
    fetchPosts(brands, range, filter, { limit: pageSize, before: next }, AbortSignal.timeout(30_000)).then(
      (page) => setLaterPages({ queryKey, pages: [...current.pages, page], isLoading: false }),
      (thrown: unknown) => setLaterPages({ queryKey, pages: current.pages, isLoading: false, error: errorMessage(thrown) }),
    );
  };
  return {
    posts: [...(first.data?.posts ?? []), ...current.pages.flatMap(({ posts }) => posts)],
    next,
    isStale: first.isStale,
    isLoading: first.isStale || first.data === undefined ? first.error === undefined : current.isLoading,
    error: first.error ?? current.error,
    loadMore,
  };
}
