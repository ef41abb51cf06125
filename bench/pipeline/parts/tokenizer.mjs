import { loadModel } from '../../../dist/infer/model/model.js';
import { loadTokenizer } from '../../../dist/infer/text/tokenizer.js';
import { benchTexts } from '../../lib/posts.mjs';

// Posts per second that one thread tokenises, and their mean length.
const texts = benchTexts(Number(process.argv[2]));
const tokenize = await loadTokenizer(await loadModel(process.argv[3]));
for (const text of texts.slice(0, 500)) tokenize(text);
const startedAt = performance.now();
const tokens = texts.reduce((sum, text) => sum + tokenize(text).ids.length, 0);
const seconds = (performance.now() - startedAt) / 1_000;
process.stdout.write(JSON.stringify({ postsPerSecond: texts.length / seconds, tokensPerPost: tokens / texts.length }));
