import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchPosts, type PostResponse, postKey } from '../api/history.ts';
import { saveLivePosts } from '../export-file.ts';
import { formatInteger } from '../format.ts';
import { runAfterUrgent } from '../state/request-priority.ts';
import { onPost, streamOpened } from '../state/stream.ts';
import { type Brands, matchesBrands } from '../state/view-state.ts';
import { timeZone } from '../state/zone.ts';
import { Panel } from './panel.tsx';
import { PostCard } from './post-card.tsx';
import { SaveButtons } from './save-buttons.tsx';

const defaultMaxPosts = 40;
/** Posts arrive in bursts: a few updates a second are enough. */
const updateMs = 400;

/** The newest posts of the brands as they are scored, newest first, up to a limit. */
export function LiveList({ brand, maxPosts = defaultMaxPosts }: { readonly brand: Brands; readonly maxPosts?: number }) {
  const [paused, setPaused] = useState(false);
  const { posts, newCount, now, first } = useLivePosts(brand, paused, maxPosts);
  const actions = (
    <>
      <SaveButtons subject="the live posts" csv={() => saveLivePosts(posts, brand)} />
      <button type="button" class="quiet-button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
        {paused ? (newCount > 0 ? `Resume · ${formatInteger(newCount)} new` : 'Resume') : 'Pause'}
      </button>
    </>
  );
  const zone = timeZone();
  return (
    <Panel title="Live posts" actions={actions} class="live">
      <div class="posts" role="feed" aria-busy={!paused} aria-label="Live posts">
        {posts.length === 0 && <Empty first={first} paused={paused} />}
        {posts.map((post) => (
          <PostCard key={postKey(post)} post={post} now={now} timeZone={zone} />
        ))}
      </div>
    </Panel>
  );
}

function Empty({ first, paused }: Pick<LivePosts, 'first'> & { readonly paused: boolean }) {
  if (first === 'loading') {
    return (
      <div class="skeleton" role="status" aria-label="Loading">
        {Array.from({ length: 6 }, (_, line) => (
          <i key={line} />
        ))}
      </div>
    );
  }
  const what = first === 'failed' ? 'The latest posts could not be loaded.' : 'No posts yet.';
  return (
    <p class="empty">
      {what} New posts appear {paused ? 'when you resume' : 'here as they are scored'}.
    </p>
  );
}

interface LivePosts {
  /** Whether the newest stored posts have been read. */
  readonly first: 'loading' | 'loaded' | 'failed';
  readonly posts: readonly PostResponse[];
  /** How many posts arrived while paused. */
  readonly newCount: number;
  readonly now: number;
}

function useLivePosts(brand: Brands, paused: boolean, maxPosts: number): LivePosts {
  const [shown, setShown] = useState<LivePosts>(() => noPosts('loading'));
  /** Posts since the last update; bounded, because a hidden page is not updated. */
  const pending = useRef<PostResponse[]>([]);
  const missed = useRef(0);
  const loadNewest = useRef(() => {});
  const opened = streamOpened.value;

  useEffect(() => {
    pending.current = [];
    missed.current = 0;
    setShown(noPosts('loading'));
    const stop = new AbortController();
    loadNewest.current = () => {
      // Errors are reported by the queries on the page.
      runAfterUrgent(() => fetchPosts(brand, undefined, {}, { limit: 20 }, stop.signal), stop.signal).then(
        ({ posts }) => {
          pending.current = [...pending.current, ...posts].slice(0, maxPosts);
          // A paused list of another brand still shows its first posts.
          setShown((last) => ({ ...last, first: 'loaded', ...(last.posts.length === 0 && { posts: merge(posts, [], maxPosts) }) }));
        },
        () => setShown((last) => (stop.signal.aborted || last.first === 'loaded' ? last : { ...last, first: 'failed' })),
      );
    };
    // Fills the list before the first live post arrives.
    loadNewest.current();
    // A deleted post, or one that no longer mentions the brand, disappears even while the list is paused.
    const remove = (removed: PostResponse): void => {
      const isKept = (post: PostResponse): boolean => postKey(post) !== postKey(removed);
      missed.current = Math.max(0, missed.current - pending.current.filter((post) => !isKept(post)).length);
      pending.current = pending.current.filter(isKept);
      setShown((last) => (last.posts.every(isKept) ? last : { ...last, posts: last.posts.filter(isKept) }));
    };
    const unsubscribe = onPost((post) => {
      if (post.deleted || !matchesBrands(brand, post.brands)) return remove(post);
      pending.current = [post, ...pending.current].slice(0, maxPosts);
      missed.current += 1;
    });
    return () => {
      stop.abort();
      unsubscribe();
    };
  }, [brand, maxPosts]);

  useEffect(() => {
    missed.current = 0;
    const update = (): void => {
      if (document.hidden) return;
      const arrived = pending.current;
      if (!paused) pending.current = [];
      setShown((last) =>
        paused
          ? { ...last, newCount: missed.current }
          : { ...last, posts: merge(arrived, last.posts, maxPosts), newCount: 0, now: Date.now() },
      );
    };
    const timer = setInterval(update, updateMs);
    return () => clearInterval(timer);
  }, [paused, maxPosts]);

  useEffect(() => {
    // What was stored while the page was hidden or the connection lost.
    if (opened > 1) loadNewest.current();
  }, [opened]);

  return shown;
}

const noPosts = (first: LivePosts['first']): LivePosts => ({ posts: [], newCount: 0, now: Date.now(), first });

/** A newer version of a post replaces the older one. */
function merge(arrived: readonly PostResponse[], shown: readonly PostResponse[], maxPosts: number): readonly PostResponse[] {
  if (arrived.length === 0) return shown;
  const found = new Map<string, PostResponse>();
  for (const post of [...arrived, ...shown]) if (!found.has(postKey(post))) found.set(postKey(post), post);
  return [...found.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, maxPosts);
}
