import { availableParallelism } from 'node:os';
import { bundledModelPath } from '../../../dist/infer/model/model.js';
import { createScorer } from '../../../dist/infer/scorer.js';
import { benchTexts } from '../../lib/posts.mjs';

// Posts per second from text to prediction, as in the pipeline: micro-batches of 128, two in flight, no cache.
const microBatch = 128;
const posts = benchTexts(Number(process.argv[2])).map((text) => ({ text, lang: 'en' }));
const log = { debug() {}, info() {}, warn() {}, error() {} };
const scorer = await createScorer({ modelPath: bundledModelPath, workers: availableParallelism(), cacheSize: 0, log });
await scorer.score(posts.slice(0, 256));
const startedAt = performance.now();
const pending = [];
for (let at = 0; at < posts.length; at += microBatch) {
  await pending.at(-2);
  pending.push(scorer.score(posts.slice(at, at + microBatch)));
}
await Promise.all(pending);
const seconds = (performance.now() - startedAt) / 1_000;
await scorer.close();
process.stdout.write(JSON.stringify({ postsPerSecond: posts.length / seconds }));
