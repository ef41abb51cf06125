import type { Post } from '../../../../src/domain/post.ts';
import { demoPost } from '../../../../src/ingest/sources/demo/demo-post.ts';
import { storyAt } from '../../../../src/ingest/sources/demo/scenarios.ts';

const seed = 1;
const step = 10 * 60_000;
const firstMoment = Date.UTC(2026, 4, 4);

/** When a story of that kind, of that brand or any, is at its strongest, with no other story six hours before. */
export function strongestMoment(kind: 'crisis' | 'success', brand?: string): { brand: string; time: number } {
  for (let time = firstMoment; ; time += step) {
    const running = storyAt(seed, time);
    if (running?.kind !== kind || running.strength < 0.9 || (brand && running.voice.rule.name !== brand)) continue;
    if (storyAt(seed, quietBefore(time)) === undefined) return { brand: running.voice.rule.name, time };
  }
}

/** An ordinary hour, at a time of day not far off. */
export function quietBefore(time: number): number {
  return time - 6 * 3_600_000;
}

/** One post in half a second from a moment on: so many that satisfy. */
export function postsFrom(time: number, count: number, wanted: (post: Post) => boolean): Post[] {
  const posts: Post[] = [];
  for (let at = time; posts.length < count; at += 500) {
    const post = demoPost(seed, at, 0);
    if (wanted(post)) posts.push(post);
  }
  return posts;
}
