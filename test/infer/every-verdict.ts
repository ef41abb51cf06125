import type { Prediction } from '../../src/domain/post.ts';

/** Verdicts of posts of which the model fails on none. */
export function everyVerdict(verdicts: readonly (Prediction | undefined)[]): Prediction[] {
  return verdicts.map((verdict, index) => {
    if (!verdict) throw new Error(`the model failed on post ${index}`);
    return verdict;
  });
}
