import { useEffect, useState } from 'preact/hooks';
import type { Label } from '../../post.ts';
import { fetchBreakdown, fetchPosts, type PostsPage, type ShownPost } from '../api/history.ts';
import { correct } from '../api/upkeep.ts';
import { formatCount } from '../format.ts';
import { type Correction, CorrectionBar, type Corrections, PostCorrection } from '../parts/correction.tsx';
import { Panel } from '../parts/panel.tsx';
import { PostCard } from '../parts/post-card.tsx';
import { PostFilters } from '../parts/post-filters.tsx';
import { SaveButtons } from '../parts/save-buttons.tsx';
import { savePosts } from '../save-posts.ts';
import { view } from '../state/address.ts';
import { brandTitle, timeZone } from '../state/brands.ts';
import { epoch, reloadAll, useLoaded } from '../state/load.ts';
import { may } from '../state/session.ts';
import { brandOf, type Span, spanOf } from '../state/view-state.ts';

const pageSize = 30;
const breakdownEveryMs = 60_000;

const keyOf = ({ platform, id }: Pick<ShownPost, 'platform' | 'id'>): string => JSON.stringify([platform, id]);

/** The posts of a slice: filtered, searched, sorted, corrected. */
export function Posts() {
  const { filter } = view.value;
  const brand = brandOf(view.value);
  const span = spanOf(view.value);
  const breakdown = useLoaded(
    `breakdown ${JSON.stringify([brand, span])}`,
    (signal) => fetchBreakdown(brand, span, signal),
    breakdownEveryMs,
  );
  const pages = usePages(brand, span);
  const corrections = useCorrections(pages.posts);
  const [now] = useState(Date.now());
  const words = [...(brand === '*' ? [] : [brand]), ...wordsOf(filter.text)];
  const mayCorrect = may('editor');
  return (
    <div class="view">
      <PostFilters breakdown={breakdown.data} />
      <Panel
        title={`Posts: ${brandTitle(brand)}`}
        hint={pages.isLoading ? 'loading…' : `${formatCount(pages.posts.length)}${pages.next ? '+' : ''} shown`}
        actions={<SaveButtons what="these posts" csv={() => savePosts(brand, span, filter)} />}
        class="post-list"
      >
        {pages.problem && <p class="empty">{pages.problem}</p>}
        {!pages.isLoading && pages.posts.length === 0 && !pages.problem && <p class="empty">No post of this range is like this.</p>}
        <ol class={`cards ${pages.isLoading ? 'stale' : ''}`}>
          {pages.posts.map((post) => (
            <li key={keyOf(post)}>
              <PostCard post={post} now={now} timeZone={timeZone()} words={words}>
                {mayCorrect && (
                  <PostCorrection
                    post={post}
                    isChosen={corrections.chosen.has(keyOf(post))}
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

/** Words and phrases as the search takes them. */
function wordsOf(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? '');
}

interface Pages {
  readonly posts: readonly ShownPost[];
  readonly next: string | null;
  readonly isLoading: boolean;
  readonly problem: string | undefined;
  more(): void;
}

/** Page after page of what the address asks for. */
function usePages(brand: string, span: Span): Pages {
  const { filter } = view.value;
  const question = JSON.stringify([brand, span, filter]);
  const first = useLoaded(`posts ${question}`, (signal) => fetchPosts(brand, span, filter, { limit: pageSize }, signal), 3_600_000);
  const [rest, setRest] = useState<{ question: string; pages: readonly PostsPage[]; isLoading: boolean; problem?: string }>({
    question,
    pages: [],
    isLoading: false,
  });
  const own = rest.question === question ? rest : { question, pages: [], isLoading: false, problem: undefined };
  useEffect(() => setRest({ question, pages: [], isLoading: false }), [question, epoch.value]);
  const next = (own.pages.at(-1) ?? first.data)?.next ?? null;
  const more = (): void => {
    if (next === null || own.isLoading) return;
    setRest({ question, pages: own.pages, isLoading: true });
    fetchPosts(brand, span, filter, { limit: pageSize, before: next }, AbortSignal.timeout(30_000)).then(
      (page) => setRest({ question, pages: [...own.pages, page], isLoading: false }),
      (thrown: unknown) => setRest({ question, pages: own.pages, isLoading: false, problem: String(thrown) }),
    );
  };
  return {
    posts: [...(first.data?.posts ?? []), ...own.pages.flatMap(({ posts }) => posts)],
    next,
    isLoading: first.isStale || first.data === undefined ? first.problem === undefined : own.isLoading,
    problem: first.problem ?? own.problem,
    more,
  };
}

/** A person's word on one post or many. Figures follow within seconds. */
function useCorrections(posts: readonly ShownPost[]): Corrections {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState<{ last: readonly Correction[]; problem?: string; isBusy: boolean }>({ last: [], isBusy: false });
  const carryOut = async (wanted: readonly Correction[]): Promise<void> => {
    setDone({ last: [], isBusy: true });
    const last: Correction[] = [];
    try {
      for (const correction of wanted) {
        await correct(correction.post, correction.label);
        last.push(correction);
      }
      setDone({ last, isBusy: false });
    } catch (thrown) {
      setDone({ last, isBusy: false, problem: thrown instanceof Error ? thrown.message : String(thrown) });
    }
    setChosen(new Set());
    reloadAll();
  };
  const apply = (some: readonly ShownPost[], label: Label | null): Promise<void> =>
    carryOut(some.map((post) => ({ post, label, before: labelOf(post) })));
  return {
    chosen,
    last: done.last,
    problem: done.problem,
    isBusy: done.isBusy,
    choose: (key) => setChosen(chosen.has(key) ? new Set([...chosen].filter((other) => other !== key)) : new Set([...chosen, key])),
    chooseNone: () => setChosen(new Set()),
    apply,
    applyToChosen: (label) =>
      apply(
        posts.filter((post) => chosen.has(keyOf(post))),
        label,
      ),
    undo: () => carryOut(done.last.map(({ post, label, before }) => ({ post, label: before, before: label }))),
  };
}

/** What a person has said of it; null where it is the model's word that counts. */
const labelOf = ({ correction, label }: ShownPost): Label | null => (correction && label !== 'unscored' ? label : null);
