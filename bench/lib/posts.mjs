import { createDemoPost } from '../../dist/ingest/sources/demo/demo-post.js';

/** Distinct English posts of the demo feed: about 25 tokens long on average, as the tokenizer's line tells. */
export function benchTexts(count) {
  const texts = new Set();
  for (let index = 0; texts.size < count; index += 1) {
    const post = createDemoPost(11, Date.UTC(2026, 0, 5) + index * 60_000, index);
    if (post.lang === 'en') texts.add(post.text);
  }
  return [...texts];
}
