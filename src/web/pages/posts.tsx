import { useEffect, useState } from 'preact/hooks';
import { fetchBreakdown, fetchPosts, type PostsPage, type ShownPost } from '../api/history.ts';
import { CorrectionBar, PostCorrection } from '../components/correction.tsx';
import { Panel } from '../components/panel.tsx';
import { PostCard } from '../components/post-card.tsx';
import { PostFilters } from '../components/post-filters.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { messageOf } from '../error-message.ts';
import { formatCount } from '../format.ts';
import { keyOf } from '../post-key.ts';
import { savePosts } from '../save-posts.ts';
import { brandsTitle, timeZone } from '../state/brands.ts';
import { lengthOf } from '../state/previous-span.ts';
import { view } from '../state/router.ts';
import { may } from '../state/session.ts';
import { useLoaded } from '../state/use-query.ts';
import { type Brands, brandOf, brandsOf, type PostFilter, type Span, spanOf } from '../state/view-state.ts';
import { useCorrections } from './use-corrections.ts';

const pageSize = 30;
const breakdownEveryMs = 60_000;
/** A list that changed by itself would move away under whoever reads it. */
const firstPageHoldsMs = 3_600_000;

/** The server puts no longer stretch in the order of reactions. */
const longestByReactionsMs = 31 * 86_400_000;

/** The posts of a slice: filtered, searched, sorted, corrected. */
export function Posts() {
  const brand = brandOf(view.value);
  const brands = brandsOf(view.value);
  const span = spanOf(view.value);
  const mayRank = lengthOf(span) <= longestByReactionsMs;
  const filter = mayRank ? view.value.filter : byTime(view.value.filter);
  const breakdown = useLoaded(
    `breakdown ${JSON.stringify([brand, span])}`,
    (signal) => fetchBreakdown(brand, span, signal),
    breakdownEveryMs,
  );
  const question = JSON.stringify([brands, span, filter]);
  const pages = usePages(brands, span, filter, question);
  const corrections = useCorrections(pages.posts, question);
  const now = Date.now();
  const words = wordsOf(filter.text);
  const mayCorrect = may('editor');
  return (
    <div class="view">
      <PostFilters breakdown={breakdown.data} mayRank={mayRank} />
      <Panel
        title={`Posts: ${brandsTitle(brands)}`}
        hint={hintOf(pages)}
        actions={<SaveButtons what="these posts" csv={() => savePosts(brands, span, filter)} />}
        class="post-list"
      >
        {pages.problem && <p class="empty">{pages.problem}</p>}
        {!pages.isLoading && pages.posts.length === 0 && !pages.problem && <p class="empty">No post of this range is like this.</p>}
        <ol class={`cards ${pages.isLoading || pages.isStale ? 'stale' : ''}`}>
          {corrections.posts.map((post) => (
            <li key={keyOf(post)}>
              <PostCard post={post} now={now} timeZone={timeZone()} words={words}>
                {mayCorrect && (
                  <PostCorrection
                    post={post}
                    isChosen={corrections.chosen.has(keyOf(post))}
                    isBusy={corrections.isBusy}
                    choose={() => corrections.choose(keyOf(post))}
                    correct={(label) => void corrections.apply([post], label)}
                  />
                )}
              </PostCard>
            </li>
          ))}
        </ol>
        {pages.next && (
          <button type="button" class="main-button more" disabled={pages.isLoading} onClick={pages.more}>
            More posts
          </button>
        )}
      </Panel>
      <CorrectionBar corrections={corrections} />
    </div>
  );
}

const byTime = ({ sort: _, ...filter }: PostFilter): PostFilter => filter;

function hintOf({ posts, next, isLoading, isStale }: Pages): string | undefined {
  if (isLoading) return 'loading…';
  return isStale ? undefined : `${formatCount(posts.length)}${next ? '+' : ''} shown`;
}

/** Words and phrases as the search takes them. */
function wordsOf(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? '');
}

interface Pages {
  readonly posts: readonly ShownPost[];
  readonly next: string | null;
  readonly isLoading: boolean;
  /** Whether the posts answer another question. */
  readonly isStale: boolean;
  readonly problem: string | undefined;
  more(): void;
}

/** Page after page of what the address asks for. */
function usePages(brands: Brands, span: Span, filter: PostFilter, question: string): Pages {
  const first = useLoaded(
    `posts ${question}`,
    (signal) => fetchPosts(brands, span, filter, { limit: pageSize }, signal),
    firstPageHoldsMs,
    { isKept: true },
  );
  const [rest, setRest] = useState<{ question: string; pages: readonly PostsPage[]; isLoading: boolean; problem?: string }>({
    question,
    pages: [],
    isLoading: false,
  });
  const own = rest.question === question ? rest : { question, pages: [], isLoading: false, problem: undefined };
  useEffect(() => setRest({ question, pages: [], isLoading: false }), [question]);
  const next = first.isStale ? null : ((own.pages.at(-1) ?? first.data)?.next ?? null);
  const more = (): void => {
    if (next === null || own.isLoading) return;
    setRest({ question, pages: own.pages, isLoading: true });
    fetchPosts(brands, span, filter, { limit: pageSize, before: next }, AbortSignal.timeout(30_000)).then(
      (page) => setRest({ question, pages: [...own.pages, page], isLoading: false }),
      (thrown: unknown) => setRest({ question, pages: own.pages, isLoading: false, problem: messageOf(thrown) }),
    );
  };
  return {
    posts: [...(first.data?.posts ?? []), ...own.pages.flatMap(({ posts }) => posts)],
    next,
    isStale: first.isStale,
    isLoading: first.isStale || first.data === undefined ? first.problem === undefined : own.isLoading,
    problem: first.problem ?? own.problem,
    more,
  };
}
