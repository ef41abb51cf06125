import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, pipeline } from '@huggingface/transformers';
import { writeJoinedModel } from '../../../scripts/join-graphs.mjs';
import { benchTexts } from '../../lib/posts.mjs';

// transformers.js on the same weights and posts, in batches of 32, with its default threads. It loads one ONNX file.
const batchSize = 32;
const [count, source, dtype] = process.argv.slice(2);
const parent = mkdtempSync(join(tmpdir(), 'feedpulse-transformers-js-'));
const folder = join(parent, 'model');
const isSplit = dtype === 'q8' && JSON.parse(readFileSync(join(source, 'manifest.json'), 'utf8')).format === 2;
if (isSplit) writeJoinedModel(source, folder);
else cpSync(source, folder, { recursive: true });
env.allowRemoteModels = false;
env.localModelPath = `${parent}/`;
const texts = benchTexts(Number(count));
const classify = await pipeline('text-classification', 'model', { dtype, device: 'cpu' });
rmSync(parent, { recursive: true });
await classify(texts.slice(0, batchSize));
const startedAt = performance.now();
for (let at = 0; at < texts.length; at += batchSize) await classify(texts.slice(at, at + batchSize));
const seconds = (performance.now() - startedAt) / 1_000;
process.stdout.write(JSON.stringify({ postsPerSecond: texts.length / seconds }));
