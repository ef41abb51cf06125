import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer, type Scorer } from '../../../dist/infer/scorer.js';
import { withBrandSentiment } from '../../../src/infer/brand-sentiment/brand-sentiment.ts';
import { createBrandMatcher } from '../../../src/ingest/brands/brand-matcher.ts';
import { createLog } from '../../../src/lib/log.ts';
import { modelUnderTest } from '../model-under-test.ts';

const execute = promisify(execFile);
const { match } = createBrandMatcher(['Kestrivo', 'Brellin'].map((name) => ({ name, aliases: [], exclude: [], timeZone: 'UTC' })));
let scorer: Scorer;

beforeAll(async () => {
  scorer = await createScorer({ models: [{ path: modelUnderTest }], workers: 2, cacheSize: 0, log: createLog('silent') });
});
afterAll(() => scorer.close());

test('each of two brands gets its own sentiment, and the score of the post stays the same', async () => {
  const texts = [
    'Kestrivo was wonderful, best flight in years. Brellin lost my bag and never said sorry, awful.',
    'Kestrivo is wonderful, best flight in years',
    'ごめんなさい、Kestrivo と Brellin のことはよく知りません。また今度教えてください',
  ];
  const posts = texts.map((text, index) => ({ text, lang: index === 2 ? 'ja' : 'en' }));
  const alone = await scorer.score(posts);
  const [both, one, foreign] = await withBrandSentiment(scorer, match).score(posts);
  expect(both?.brandSentiment).toMatchObject([
    { brand: 'Kestrivo', label: 'positive' },
    { brand: 'Brellin', label: 'negative' },
  ]);
  for (const { negative, neutral, positive } of both?.brandSentiment ?? []) expect(negative + neutral + positive).toBeCloseTo(1, 5);
  expect({ ...both, brandSentiment: undefined }).toEqual({ ...alone[0], brandSentiment: undefined });
  expect([one, foreign]).toEqual([alone[1], alone[2]]);
  expect(foreign?.label).toBe('unscored');
});

test('on synthetic posts, the sentiment per brand exceeds that of the whole post by ten points', async () => {
  const { stdout } = await execute(process.execPath, ['bench/brand-sentiment/run.mjs', '--model', modelUnderTest, '--json']);
  const sets = JSON.parse(stdout) as Record<'clauses' | 'report', Record<'posts' | 'wholePost' | 'byBrand', number>>;
  expect(sets.clauses.posts).toBeGreaterThanOrEqual(200);
  for (const { wholePost, byBrand } of [sets.clauses, sets.report]) expect(byBrand - wholePost).toBeGreaterThanOrEqual(0.1);
}, 120_000);
