import type { ScoredPost } from './post.ts';

export type PostListener = (post: ScoredPost) => void;

/** Posts as they become rows, for whoever looks on. A listener that falls behind is its own problem. */
export interface LiveHub {
  publish(posts: readonly ScoredPost[]): void;
  subscribe(listener: PostListener): () => void;
}

export function createLiveHub(): LiveHub {
  const listeners = new Set<PostListener>();
  return {
    publish: (posts) => {
      for (const listener of listeners) for (const post of posts) listener(post);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
