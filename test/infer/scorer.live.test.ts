import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer, type Scorer } from '../../dist/infer/scorer.js';
import type { Prediction } from '../../src/domain/post.ts';
import { createLog } from '../../src/lib/log.ts';
import { modelUnderTest } from './model-under-test.ts';
import { requirePredictions, samplePosts } from './sample-posts.ts';

const options = { models: [{ path: modelUnderTest }] as const, workers: 2, cacheSize: 0, log: createLog('silent') };
const posts = samplePosts(96);

/** Activations are quantized per row or with fixed scales, so other posts and padding do not change a score. */
const tolerance = 1e-6;

let scorer: Scorer;

beforeAll(async () => {
  scorer = await createScorer(options);
});

afterAll(() => scorer.close());

describe('the score of a post', () => {
  let alone: Prediction[];

  beforeAll(async () => {
    alone = [];
    for (const post of posts) alone.push(...requirePredictions(await scorer.score([post])));
  });

  const distances = (predictions: readonly Prediction[]): number[] =>
    predictions.map(({ score }, index) => Math.abs(score - (alone[index]?.score ?? Number.NaN)));

  const expectAsAlone = (predictions: readonly Prediction[]): void => {
    expect(Math.max(...distances(predictions))).toBeLessThanOrEqual(tolerance);
  };

  test('does not depend on the other posts of its batch', async () => {
    expectAsAlone(requirePredictions(await scorer.score(posts)));
  });

  test('does not depend on the order of the posts', async () => {
    const order = posts.map((_, index) => (index * 37) % posts.length);
    const shuffled = requirePredictions(await scorer.score(order.map((index) => posts[index] ?? { text: '' })));
    const back: Prediction[] = [];
    for (const [at, index] of order.entries()) back[index] = shuffled[at] as Prediction; // one prediction a post
    expectAsAlone(back);
  });

  test('does not depend on padding by a long post', async () => {
    const predictions: Prediction[] = [];
    for (const post of posts.slice(0, 24))
      predictions.push(...requirePredictions(await scorer.score([post, { text: 'and so on '.repeat(40) }, post])).slice(0, 1));
    expectAsAlone(predictions);
  });

  test('differs between posts', () => {
    expect(meanOf(distances([...alone.slice(1), ...alone.slice(0, 1)]))).toBeGreaterThan(0.2);
  });

  test('is deterministic for the same batch', async () => {
    expect(await scorer.score(posts)).toEqual(await scorer.score(posts));
  });

  test('has probabilities that sum to 1', () => {
    for (const { negative, neutral, positive, score, confidence, label } of alone) {
      expect(negative + neutral + positive).toBeCloseTo(1, 9);
      expect(score).toBe(positive - negative);
      expect(confidence).toBe({ negative, neutral, positive, unscored: Number.NaN }[label]);
    }
  });
});

test('overlapping calls get their own predictions', async () => {
  const calls = Array.from({ length: 8 }, (_, call) => posts.slice(call * 4, call * 4 + 4));
  const predictions = await Promise.all(calls.map(async (call) => requirePredictions(await scorer.score(call))));
  const again = await Promise.all(calls.map(async (call) => requirePredictions(await scorer.score(call))));
  expect(predictions.map((call) => call.map(({ label }) => label))).toEqual(again.map((call) => call.map(({ label }) => label)));
  expect(predictions.map(({ length }) => length)).toEqual(calls.map(({ length }) => length));
});

test('a call longer than one window keeps the order', async () => {
  const many = Array.from({ length: 1_100 }, (_, index) => ({ text: 'ok', lang: index % 3 === 0 ? 'en' : index % 3 === 1 ? 'ja' : 'de' }));
  const predictions = requirePredictions(await scorer.score(many));
  expect(predictions.map(({ lang }) => lang)).toEqual(many.map(({ lang }) => lang));
  expect(predictions.map(({ label }) => label !== 'unscored')).toEqual(many.map(({ lang }) => lang === 'en'));
});

test('no posts give no predictions', async () => {
  expect(await scorer.score([])).toEqual([]);
});

test('flags posts that exceed the maximum length', async () => {
  const predictions = requirePredictions(await scorer.score([{ text: 'good '.repeat(126) }, { text: 'good '.repeat(127) }]));
  expect(predictions.map(({ truncated }) => truncated)).toEqual([false, true]);
});

test('posts in an unsupported language are unscored, unless they are only declared to be', async () => {
  const predictions = requirePredictions(
    await scorer.score([
      { text: 'Me encanta el nuevo café de la esquina' },
      { text: 'What a lovely morning ride', lang: 'sv' },
      { text: 'Superbra', lang: 'sv' },
      { text: ' \u200b\n' },
    ]),
  );
  expect(predictions.map(({ label, lang, score }) => [label, lang, score])).toEqual([
    ['unscored', 'es', 0],
    ['positive', 'en', expect.any(Number)],
    ['unscored', 'sv', 0],
    ['unscored', 'und', 0],
  ]);
});

test.each([
  ['NUL bytes', 'what\u0000a\u0000day'],
  ['lone surrogates', `\ud83d so \udc00 so ${'\ud800'.repeat(50)}`],
  ['100 kB of emoji', '😂'.repeat(25_000)],
  ['text from right to left, with overrides', '\u202e\u2066the worst service ever\u2069 مرحبا'],
  ['zalgo', [...'terrible bike'].map((letter) => letter + '\u0336\u0322\u0348\u035c'.repeat(40)).join('')],
  ['a megabyte of one word', 'a'.repeat(1_000_000)],
  ['a megabyte of words', 'so good '.repeat(125_000)],
  ['control tokens', '[CLS] [SEP] [PAD] [MASK] [UNK] [SEP]'],
  ['unknown characters alone', '\ufffd\ufffd \u{1fffd}'],
])('scores hostile text: %s', async (_, text) => {
  const [prediction] = await scorer.score([{ text, lang: 'en' }]);
  expect(prediction?.label).toMatch(/^(negative|neutral|positive)$/);
  expect((prediction?.negative ?? 0) + (prediction?.neutral ?? 0) + (prediction?.positive ?? 0)).toBeCloseTo(1, 9);
});

/** CPU milliseconds of this thread if the system reports them, else wall-clock time. */
function threadMilliseconds(): number {
  const schedstat = `/proc/self/task/${process.pid}/schedstat`;
  return existsSync(schedstat) ? Number(readFileSync(schedstat, 'utf8').split(' ')[0]) / 1e6 : performance.now();
}

/** The longest time that this thread computes between two turns of the event loop during `work`. */
async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = threadMilliseconds();
  const timer = setInterval(() => {
    const now = threadMilliseconds();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  return longest;
}

test('preparing and scoring posts does not block the event loop', async () => {
  const stretches: number[] = [];
  for (let round = 0; round < 3; round += 1) stretches.push(await longestStretch(() => scorer.score(samplePosts(600))));
  // One stretch of preparing posts takes 4 ms. Blocking code shows in every round; garbage collection does not.
  expect(Math.min(...stretches)).toBeLessThan(25);
});

test('the cache does not change scores', async () => {
  const cached = await createScorer({ ...options, cacheSize: 1_000 });
  const first = await cached.score(posts);
  const second = await cached.score(posts);
  await cached.close();
  expect(second).toEqual(first);
  const uncached = requirePredictions(await scorer.score(posts));
  const distances = requirePredictions(first).map(({ score }, index) => Math.abs(score - (uncached[index]?.score ?? Number.NaN)));
  expect(Math.max(...distances)).toBeLessThanOrEqual(tolerance);
});

test('assumeModelLanguage scores every text', async () => {
  const assuming = await createScorer({ ...options, workers: 1, assumeModelLanguage: true });
  const predictions = requirePredictions(
    await assuming.score([{ text: 'Me encanta el nuevo café de la esquina' }, { text: '最悪だった', lang: 'ja' }]),
  );
  await assuming.close();
  expect(predictions.map(({ label, lang }) => [label === 'unscored', lang])).toEqual([
    [false, 'en'],
    [false, 'en'],
  ]);
});

test('close waits for calls in flight and rejects new ones', async () => {
  const closing = await createScorer({ ...options, workers: 1 });
  const inFlight = closing.score(posts);
  const closed = closing.close();
  await expect(closing.score(posts)).rejects.toMatchObject({ code: 'MODEL_FAILED', message: 'The scorer is closed.' });
  expect(await inFlight).toHaveLength(posts.length);
  await closed;
});

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
