import { useEffect, useState } from 'preact/hooks';
import { errorMessage } from '../api/client.ts';
import { fetchBreakdown, fetchPosts, type PostsPage, postKey, type ShownPost } from '../api/history.ts';
import { Panel } from '../components/panel.tsx';
import { PostCard } from '../components/post-card.tsx';
import { CorrectionBar, PostCorrection } from '../components/post-correction.tsx';
import { PostFilters } from '../components/post-filters.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { savePosts } from '../export-file.ts';
import { formatCountOf } from '../format.ts';
import { brandsTitle, timeZone } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { hasRole } from '../state/session.ts';
import { spanLength } from '../state/spans.ts';
import { useCorrections } from '../state/use-corrections.ts';
import { useQuery } from '../state/use-query.ts';
import { type Brands, brandOf, brandsOf, type PostFilter, type Span, spanOf } from '../state/view-state.ts';

const pageSize = 30;
const breakdownRefreshMs = 60_000;
/** The list is not refreshed: it would move while someone reads it. */
const firstPageRefreshMs = 3_600_000;

/** The server's limit for sorting by engagement. */
const maxEngagementSortMs = 31 * 86_400_000;

/** The posts of the range: filter, search, sort, and correct their labels. */
export function Posts() {
  const brand = brandOf(view.value);
  const brands = brandsOf(view.value);
  const span = spanOf(view.value);
  const canSortByEngagement = spanLength(span) <= maxEngagementSortMs;
  const filter = canSortByEngagement ? view.value.filter : withoutSort(view.value.filter);
  const breakdown = useQuery(
    `breakdown ${JSON.stringify([brand, span])}`,
    (signal) => fetchBreakdown(brand, span, signal),
    breakdownRefreshMs,
  );
  const question = JSON.stringify([brands, span, filter]);
  const pages = usePages(brands, span, filter, question);
  const corrections = useCorrections(pages.posts, question);
  const now = Date.now();
  const words = searchTerms(filter.text);
  const canCorrect = hasRole('editor');
  return (
    <div class="view">
      <PostFilters breakdown={breakdown.data} canSortByEngagement={canSortByEngagement} />
      <Panel
        title={`Posts: ${brandsTitle(brands)}`}
        hint={describeCount(pages)}
        actions={<SaveButtons what="these posts" csv={() => savePosts(brands, span, filter)} />}
        class="post-list"
      >
        {pages.problem && <p class="empty">{pages.problem}</p>}
        {!pages.isLoading && pages.posts.length === 0 && !pages.problem && <p class="empty">No posts match these filters.</p>}
        <ol class={`cards ${pages.isLoading || pages.isStale ? 'stale' : ''}`}>
          {corrections.posts.map((post) => (
            <li key={postKey(post)}>
              <PostCard post={post} now={now} timeZone={timeZone()} words={words}>
                {canCorrect && (
                  <PostCorrection
                    post={post}
                    isSelected={corrections.selected.has(postKey(post))}
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
          <button type="button" class="main-button more" disabled={pages.isLoading} onClick={pages.more}>
            Load more
          </button>
        )}
      </Panel>
      <CorrectionBar corrections={corrections} />
    </div>
  );
}

const withoutSort = ({ sort: _, ...filter }: PostFilter): PostFilter => filter;

function describeCount({ posts, next, isLoading, isStale }: Pages): string | undefined {
  if (isLoading) return 'Loading…';
  return isStale ? undefined : `${formatCountOf(posts.length, 'post')}${next ? ', more available' : ''}`;
}

/** The words and phrases of a search. */
function searchTerms(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? '');
}

interface Pages {
  readonly posts: readonly ShownPost[];
  readonly next: string | null;
  readonly isLoading: boolean;
  /** Whether the posts belong to the previous filters. */
  readonly isStale: boolean;
  readonly problem: string | undefined;
  more(): void;
}

/** Loads the posts page by page. */
function usePages(brands: Brands, span: Span, filter: PostFilter, question: string): Pages {
  const first = useQuery(
    `posts ${question}`,
    (signal) => fetchPosts(brands, span, filter, { limit: pageSize }, signal),
    firstPageRefreshMs,
    { keepsData: true },
  );
  const [rest, setRest] = useState<{ question: string; pages: readonly PostsPage[]; isLoading: boolean; problem?: string }>({
    question,
    pages: [],
    isLoading: false,
  });
  const current = rest.question === question ? rest : { question, pages: [], isLoading: false, problem: undefined };
  useEffect(() => setRest({ question, pages: [], isLoading: false }), [question]);
  const next = first.isStale ? null : ((current.pages.at(-1) ?? first.data)?.next ?? null);
  const more = (): void => {
    if (next === null || current.isLoading) return;
    setRest({ question, pages: current.pages, isLoading: true });
    fetchPosts(brands, span, filter, { limit: pageSize, before: next }, AbortSignal.timeout(30_000)).then(
      (page) => setRest({ question, pages: [...current.pages, page], isLoading: false }),
      (thrown: unknown) => setRest({ question, pages: current.pages, isLoading: false, problem: errorMessage(thrown) }),
    );
  };
  return {
    posts: [...(first.data?.posts ?? []), ...current.pages.flatMap(({ posts }) => posts)],
    next,
    isStale: first.isStale,
    isLoading: first.isStale || first.data === undefined ? first.problem === undefined : current.isLoading,
    problem: first.problem ?? current.problem,
    more,
  };
}
