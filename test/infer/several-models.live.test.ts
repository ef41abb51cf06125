import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { evaluateModel } from '../../dist/app/model-evaluation/evaluate-model.js';
import { createScorer, type Scorer } from '../../dist/infer/scorer.js';
import { loadConfig } from '../../src/config/load-config.ts';
import { plainCleaningVersion } from '../../src/infer/text/clean.ts';
import { createLog } from '../../src/lib/log.ts';
import { createTinyModel } from '../support/tiny-model.ts';
import { samplePosts } from './sample-posts.ts';

const options = { workers: 1, cacheSize: 100, log: createLog('silent') };
const english = 'tiny@1.0.0';
const multilingual = 'tiny-multi@2.0.0';

let dir: string;
let [en, multi] = ['', ''];
let both: Scorer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-models-'));
  en = await createTinyModel(join(dir, 'en'), {});
  multi = await createTinyModel(join(dir, 'multi'), {
    ...{ name: 'tiny-multi', version: '2.0.0', split: true },
    languages: ['en', 'de', 'fr', 'ar', 'hi'],
    cleaning: { profile: 'plain', version: plainCleaningVersion },
    positive: ['danke', 'merci', 'लगा', '😡'],
    negative: ['schlecht', 'gift', 'lovely', 'جدا'],
  });
  both = await createScorer({ ...options, models: [{ path: en }, { path: multi }] });
});

afterAll(async () => {
  await both.close();
  await rm(dir, { recursive: true });
});

const summary = async (scorer: Scorer, posts: readonly { text: string; lang?: string }[]) =>
  (await scorer.score(posts)).map((prediction) => [prediction?.lang, prediction?.label, prediction?.modelVersion]);

describe('two models', () => {
  test('each post goes to the first model that reads its language, and keeps its place', async () => {
    const posts = [
      { text: 'Danke, das habt ihr wirklich gut gemacht' },
      { text: 'What a lovely morning ride with all of you' },
      { text: 'الخدمة سيئة جدا ولن أعود' },
      { text: 'Llevo tres días esperando mi pedido y nadie contesta' },
      { text: 'धन्यवाद, बहुत अच्छा लगा', lang: 'hi' },
      { text: 'A terrible, terrible delivery again' },
      { text: '' },
      { text: "Merci pour ce beau cadeau d'anniversaire" },
    ];
    expect(await summary(both, posts)).toEqual([
      ['de', 'positive', multilingual],
      ['en', 'positive', english],
      ['ar', 'negative', multilingual],
      ['es', 'unscored', english],
      ['hi', 'positive', multilingual],
      ['en', 'negative', english],
      ['und', 'unscored', english],
      ['fr', 'positive', multilingual],
    ]);
  });

  test('a cached score is that of the model', async () => {
    const posts = [
      { text: 'gift', lang: 'de' },
      { text: 'gift', lang: 'en' },
    ];
    const expected = [
      ['de', 'negative', multilingual],
      ['en', 'neutral', english],
    ];
    expect(await summary(both, posts)).toEqual(expected);
    expect(await summary(both, posts)).toEqual(expected);
  });

  test('each text is cleaned for its model', async () => {
    // The English cleaning writes the emoji as a word.
    expect(await summary(both, [{ text: 'Schon wieder das Paket verloren 😡', lang: 'de' }])).toEqual([['de', 'positive', multilingual]]);
  });

  test('English posts have the same scores as with the English model alone', async () => {
    const alone = await createScorer({ ...options, models: [{ path: en }] });
    const posts = [...samplePosts(60), { text: 'Danke, das habt ihr gut gemacht', lang: 'de' }];
    const [together, single] = [await both.score(posts), await alone.score(posts)];
    await alone.close();
    expect(together.slice(0, 60)).toEqual(single.slice(0, 60));
    expect(single.at(-1)).toMatchObject({ label: 'unscored', lang: 'de', modelVersion: english });
  });
});

test('a model is used for the chosen languages only', async () => {
  const scorer = await createScorer({ ...options, models: [{ path: en }, { path: multi, languages: ['fr'] }] });
  const posts = [
    { text: 'Danke, das habt ihr wirklich gut gemacht', lang: 'de' },
    { text: "Merci pour ce beau cadeau d'anniversaire", lang: 'fr' },
  ];
  expect(scorer.models.map(({ languages }) => languages)).toEqual([['en'], ['fr']]);
  expect(await summary(scorer, posts)).toEqual([
    ['de', 'unscored', english],
    ['fr', 'positive', multilingual],
  ]);
  await scorer.close();
});

test('choices that cannot work are errors', async () => {
  const open = (languages: string[], first = en) => createScorer({ ...options, models: [{ path: first }, { path: multi, languages }] });
  await expect(open(['de', 'sv'])).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: /tiny-multi@2\.0\.0 does not support sv/ });
  await expect(open(['en'])).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: /tiny-multi@2\.0\.0 is never used/ });
  await expect(createScorer({ ...options, models: [{ path: en }, { path: join(dir, 'gone') }] })).rejects.toMatchObject({
    code: 'MODEL_MISSING',
  });
});

test('a labeled file is measured with the configured model that reads its language', async () => {
  const file = join(dir, 'models.yaml');
  await writeFile(file, `models: [{ path: ${en} }, { path: ${multi} }]\nlog: { level: silent }`);
  const config = loadConfig({ file, env: {} });
  const labeled = { texts: ['danke', 'gift'], truth: ['positive', 'negative'], lines: [1, 2] } as const;
  const measure = async (lang?: string) => (await evaluateModel(config, labeled, lang ? { lang } : {})).report;
  expect(await measure('de')).toMatchObject({ modelVersion: multilingual, accuracy: 1 });
  expect(await measure()).toMatchObject({ modelVersion: english, accuracy: 0 });
  const message = 'tiny@1.0.0 does not support the language sv, only en; tiny-multi@2.0.0 does not support the language sv, only en, de';
  await expect(measure('sv')).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
});

test('a model is loaded when a post first needs it; one that cannot be loaded is an error then', async () => {
  const broken = await createTinyModel(join(dir, 'broken'), { name: 'broken', languages: ['de'] });
  const weights = 'onnx/model_quantized.onnx';
  const bytes = Buffer.from('not a graph');
  await writeFile(join(broken, weights), bytes);
  const manifest = JSON.parse(await readFile(join(broken, 'manifest.json'), 'utf8')) as { files: Record<string, object> };
  manifest.files[weights] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  await writeFile(join(broken, 'manifest.json'), JSON.stringify(manifest));

  const scorer = await createScorer({ ...options, models: [{ path: en }, { path: broken }] });
  const post = { text: 'What a lovely morning ride', lang: 'en' };
  expect(await summary(scorer, [post])).toEqual([['en', 'positive', english]]);
  await expect(scorer.score([post, { text: 'Das Paket ist schon wieder weg', lang: 'de' }])).rejects.toMatchObject({
    code: 'MODEL_FAILED',
  });
  expect(await summary(scorer, [post])).toEqual([['en', 'positive', english]]);
  await scorer.close();
});
