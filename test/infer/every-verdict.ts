import type { Verdict } from '../../src/domain/post.ts';

/** Verdicts of posts of which the model fails on none. */
export function everyVerdict(verdicts: readonly (Verdict | undefined)[]): Verdict[] {
  return verdicts.map((verdict, index) => {
    if (!verdict) throw new Error(`the model failed on post ${index}`);
    return verdict;
  });
}
