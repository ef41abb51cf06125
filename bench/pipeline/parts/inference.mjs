import { availableParallelism } from 'node:os';
import { planBatches } from '../../../dist/infer/plan-batches.js';
import { createScorer } from '../../../dist/infer/scorer.js';
import { loadTokenizer } from '../../../dist/infer/text/tokenizer.js';
import { createMetrics } from '../../../dist/lib/metrics.js';
import { benchTexts } from '../../lib/posts.mjs';

// Posts per second from text to prediction, as in the pipeline: micro-batches of 256, two in flight, no cache.
const microBatch = 256;
const [count, modelPath] = process.argv.slice(2);
const posts = benchTexts(Number(count)).map((text) => ({ text, lang: 'en' }));
const log = { debug() {}, info() {}, warn() {}, error() {} };
const metrics = createMetrics();
const scorer = await createScorer({ models: [{ path: modelPath }], workers: availableParallelism(), cacheSize: 0, log, metrics });
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

const tokenize = await loadTokenizer(scorer.models[0].info);
const lengths = posts.map(({ text }) => tokenize(text).ids.length);
const sum = (values) => values.reduce((total, value) => total + value, 0);
let padded = 0;
for (let at = 0; at < lengths.length; at += microBatch) {
  const window = lengths.slice(at, at + microBatch);
  const batches = planBatches(window, { maxTokens: 512, maxRows: 32 });
  padded += sum(batches.map((batch) => batch.length * Math.max(...batch.map((index) => window[index]))));
}
const totalOf = async (metric) => (await metric.get()).values[0].value;
const figures = {
  postsPerSecond: posts.length / seconds,
  tokensPerSecond: sum(lengths) / seconds,
  paddingRatio: padded / sum(lengths) - 1,
  exitShare: (await totalOf(metrics.earlyExits)) / (await totalOf(metrics.modelPosts)),
};
process.stdout.write(JSON.stringify(figures));
