import { basename, dirname } from 'node:path';
import { env, pipeline } from '@huggingface/transformers';
import { bundledModelPath } from '../../../dist/infer/model/model.js';
import { benchTexts } from '../../lib/posts.mjs';

// transformers.js on the same weights and posts, in batches of 32, with its default threads.
const batchSize = 32;
const [count, dtype, folder = bundledModelPath] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = `${dirname(folder)}/`;
const texts = benchTexts(Number(count));
const classify = await pipeline('text-classification', basename(folder), { dtype, device: 'cpu' });
await classify(texts.slice(0, batchSize));
const startedAt = performance.now();
for (let at = 0; at < texts.length; at += batchSize) await classify(texts.slice(at, at + batchSize));
const seconds = (performance.now() - startedAt) / 1_000;
process.stdout.write(JSON.stringify({ postsPerSecond: texts.length / seconds }));
