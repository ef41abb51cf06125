import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchPosts, type ShownPost } from '../api/history.ts';
import { formatWhole } from '../format.ts';
import { keyOf } from '../post-key.ts';
import { saveLive } from '../save-posts.ts';
import { timeZone } from '../state/brands.ts';
import { afterUrgent } from '../state/request-priority.ts';
import { onPost } from '../state/stream.ts';
import { type Brands, isAmong } from '../state/view-state.ts';
import { Panel } from './panel.tsx';
import { PostCard } from './post-card.tsx';
import { SaveButtons } from './save-buttons.tsx';

const mostShown = 40;
/** Posts come in bursts: a few drawings a second are calm, and enough. */
const drawEveryMs = 400;

/** The newest posts of brands as they are scored, newest first; older ones fall out at the end. */
export function LiveList({ brand, most = mostShown }: { readonly brand: Brands; readonly most?: number }) {
  const [paused, setPaused] = useState(false);
  const { posts, missed, now } = useLivePosts(brand, paused, most);
  const actions = (
    <>
      <SaveButtons what="the live posts" csv={() => saveLive(posts, brand)} />
      <button type="button" class="quiet-button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
        {paused ? (missed > 0 ? `Go on · ${formatWhole(missed)} new` : 'Go on') : 'Pause'}
      </button>
    </>
  );
  const zone = timeZone();
  return (
    <Panel title="Live posts" actions={actions} class="live">
      <div class="posts" role="feed" aria-busy={!paused} aria-label="Live posts">
        {posts.length === 0 && (
          <p class="empty">
            {paused ? 'No post yet. New ones wait until you go on.' : 'No post yet. New ones appear here as they are scored.'}
          </p>
        )}
        {posts.map((post) => (
          <PostCard key={keyOf(post)} post={post} now={now} timeZone={zone} />
        ))}
      </div>
    </Panel>
  );
}

interface Live {
  readonly posts: readonly ShownPost[];
  /** How many came while it stood still. */
  readonly missed: number;
  readonly now: number;
}

function useLivePosts(brand: Brands, paused: boolean, most: number): Live {
  const [shown, setShown] = useState<Live>({ posts: [], missed: 0, now: Date.now() });
  /** What has come since the last drawing; bounded, since a hidden page is not drawn. */
  const waiting = useRef<ShownPost[]>([]);
  const missed = useRef(0);

  useEffect(() => {
    waiting.current = [];
    missed.current = 0;
    setShown({ posts: [], missed: 0, now: Date.now() });
    const stop = new AbortController();
    // So that the list is not empty until the next one comes. The figures are read from the same place, and say so when it fails.
    afterUrgent(() => fetchPosts(brand, undefined, {}, { limit: 20 }, stop.signal), stop.signal).then(
      ({ posts }) => {
        waiting.current = [...waiting.current, ...posts].slice(0, most);
        // A list that stands still has to have something to show: what another brand's list begins with is not news.
        setShown((last) => (last.posts.length === 0 ? { ...last, posts: merge(posts, [], most) } : last));
      },
      () => {},
    );
    // Deleted, or after a change no longer about the brand: not to be seen any longer, even where the list stands still.
    const remove = (gone: ShownPost): void => {
      const stay = (post: ShownPost): boolean => keyOf(post) !== keyOf(gone);
      missed.current = Math.max(0, missed.current - waiting.current.filter((post) => !stay(post)).length);
      waiting.current = waiting.current.filter(stay);
      setShown((last) => (last.posts.every(stay) ? last : { ...last, posts: last.posts.filter(stay) }));
    };
    const unsubscribe = onPost((post) => {
      if (post.deleted || !isAmong(brand, post.brands)) return remove(post);
      waiting.current = [post, ...waiting.current].slice(0, most);
      missed.current += 1;
    });
    return () => {
      stop.abort();
      unsubscribe();
    };
  }, [brand, most]);

  useEffect(() => {
    missed.current = 0;
    const draw = (): void => {
      if (document.hidden) return;
      const came = waiting.current;
      if (!paused) waiting.current = [];
      setShown((last) =>
        paused ? { ...last, missed: missed.current } : { posts: merge(came, last.posts, most), missed: 0, now: Date.now() },
      );
    };
    const timer = setInterval(draw, drawEveryMs);
    return () => clearInterval(timer);
  }, [paused, most]);

  return shown;
}

/** A second version of a post takes the place of the first. */
function merge(came: readonly ShownPost[], shown: readonly ShownPost[], most: number): readonly ShownPost[] {
  if (came.length === 0) return shown;
  const found = new Map<string, ShownPost>();
  for (const post of [...came, ...shown]) if (!found.has(keyOf(post))) found.set(keyOf(post), post);
  return [...found.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, most);
}
