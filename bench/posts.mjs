import { demoPost } from '../dist/ingest/demo/demo-post.js';

/** Distinct English posts of the demo feed; two short ones are joined, so that they are 25 tokens long on average. */
export function benchTexts(count) {
  const texts = new Set();
  let short = '';
  for (let index = 0; texts.size < count; index += 1) {
    const post = demoPost(11, Date.UTC(2026, 0, 5) + index * 60_000, index);
    if (post.lang !== 'en') continue;
    const text = short === '' ? post.text : `${short} ${post.text}`;
    short = text.length < 60 ? text : '';
    if (short === '') texts.add(text);
  }
  return [...texts];
}
