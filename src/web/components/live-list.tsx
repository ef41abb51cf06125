import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchPosts, type PostResponse, postKey } from '../api/history.ts';
import { saveLivePosts } from '../export-file.ts';
import { formatInteger } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { runAfterUrgent } from '../state/request-priority.ts';
import { onPost } from '../state/stream.ts';
import { type Brands, matchesBrands } from '../state/view-state.ts';
import { Panel } from './panel.tsx';
import { PostCard } from './post-card.tsx';
import { SaveButtons } from './save-buttons.tsx';

const defaultMaxPosts = 40;
/** Posts arrive in bursts: a few updates a second are enough. */
const updateMs = 400;

/** The newest posts of the brands as they are scored, newest first, up to a limit. */
export function LiveList({ brand, maxPosts = defaultMaxPosts }: { readonly brand: Brands; readonly maxPosts?: number }) {
  const [paused, setPaused] = useState(false);
  const { posts, newCount, now } = useLivePosts(brand, paused, maxPosts);
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
        {posts.length === 0 && (
          <p class="empty">
            {paused ? 'No posts yet. New posts appear when you resume.' : 'No posts yet. New posts appear here as they are scored.'}
          </p>
        )}
        {posts.map((post) => (
          <PostCard key={postKey(post)} post={post} now={now} timeZone={zone} />
        ))}
      </div>
    </Panel>
  );
}

interface LivePosts {
  readonly posts: readonly PostResponse[];
  /** How many posts arrived while paused. */
  readonly newCount: number;
  readonly now: number;
}

function useLivePosts(brand: Brands, paused: boolean, maxPosts: number): LivePosts {
  const [shown, setShown] = useState<LivePosts>({ posts: [], newCount: 0, now: Date.now() });
  /** Posts since the last update; bounded, because a hidden page is not updated. */
  const pending = useRef<PostResponse[]>([]);
  const missed = useRef(0);

  useEffect(() => {
    pending.current = [];
    missed.current = 0;
    setShown({ posts: [], newCount: 0, now: Date.now() });
    const stop = new AbortController();
    // Fills the list before the first live post arrives. Errors are reported by the queries on the page.
    runAfterUrgent(() => fetchPosts(brand, undefined, {}, { limit: 20 }, stop.signal), stop.signal).then(
      ({ posts }) => {
        pending.current = [...pending.current, ...posts].slice(0, maxPosts);
        // A paused list of another brand still shows its first posts.
        setShown((last) => (last.posts.length === 0 ? { ...last, posts: merge(posts, [], maxPosts) } : last));
      },
      () => {},
    );
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
        paused ? { ...last, newCount: missed.current } : { posts: merge(arrived, last.posts, maxPosts), newCount: 0, now: Date.now() },
      );
    };
    const timer = setInterval(update, updateMs);
    return () => clearInterval(timer);
  }, [paused, maxPosts]);

  return shown;
}

/** A newer version of a post replaces the older one. */
function merge(arrived: readonly PostResponse[], shown: readonly PostResponse[], maxPosts: number): readonly PostResponse[] {
  if (arrived.length === 0) return shown;
  const found = new Map<string, PostResponse>();
  for (const post of [...arrived, ...shown]) if (!found.has(postKey(post))) found.set(postKey(post), post);
  return [...found.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, maxPosts);
}
