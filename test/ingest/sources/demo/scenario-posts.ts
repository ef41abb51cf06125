import type { Post } from '../../../../src/domain/post.ts';
import { createDemoPost } from '../../../../src/ingest/sources/demo/demo-post.ts';
import { scenarioAt } from '../../../../src/ingest/sources/demo/scenarios.ts';

const seed = 1;
const step = 10 * 60_000;
const firstMoment = Date.UTC(2026, 4, 4);

/** When a scenario of that kind (of that brand, or of any) is strongest, with no other scenario six hours before. */
export function strongestMoment(kind: 'crisis' | 'success', brand?: string): { brand: string; time: number } {
  for (let time = firstMoment; ; time += step) {
    const running = scenarioAt(seed, time);
    if (running?.kind !== kind || running.strength < 0.9 || (brand && running.brand.rule.name !== brand)) continue;
    if (scenarioAt(seed, quietBefore(time)) === undefined) return { brand: running.brand.rule.name, time };
  }
}

/** An ordinary hour at a similar time of day. */
export function quietBefore(time: number): number {
  return time - 6 * 3_600_000;
}

/** Posts from a time on, one every half second, until `count` of them satisfy `wanted`. */
export function postsFrom(time: number, count: number, wanted: (post: Post) => boolean): Post[] {
  const posts: Post[] = [];
  for (let at = time; posts.length < count; at += 500) {
    const post = createDemoPost(seed, at, 0);
    if (wanted(post)) posts.push(post);
  }
  return posts;
}
