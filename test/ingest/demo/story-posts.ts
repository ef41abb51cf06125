import { demoPost } from '../../../src/ingest/demo/demo-post.ts';
import { storyAt } from '../../../src/ingest/demo/stories.ts';
import type { Post } from '../../../src/post.ts';

export const storySeed = 1;
const step = 10 * 60_000;
const firstMoment = Date.UTC(2026, 4, 4);

/** When a story of that kind is at its strongest, six quiet hours after the one before. */
export function strongestMoment(kind: 'crisis' | 'success', nth = 0): { brand: string; time: number } {
  let left = nth;
  for (let time = firstMoment; ; time += step) {
    const running = storyAt(storySeed, time);
    if (running?.kind !== kind || running.strength < 0.9) continue;
    if (storyAt(storySeed, time - 6 * 3_600_000) !== undefined || left-- > 0) continue;
    return { brand: running.voice.rule.name, time };
  }
}

/** Posts of some minutes from a moment on. */
export function storyPosts(time: number, count: number): Post[] {
  return Array.from({ length: count }, (_, index) => demoPost(storySeed, time + index * 500, 0));
}
