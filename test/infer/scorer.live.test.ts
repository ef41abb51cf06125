import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer, type Scorer } from '../../dist/infer/scorer.js';
import type { Prediction } from '../../src/domain/post.ts';
import { createLog } from '../../src/lib/log.ts';
import { everyVerdict } from './every-verdict.ts';
import { modelUnderTest } from './model-under-test.ts';
import { samplePosts } from './sample-posts.ts';

const options = { modelPath: modelUnderTest, workers: 2, cacheSize: 0, log: createLog('silent') };
const posts = samplePosts(96);

/**
 * Differences of scores, on their scale of −1 to 1. Activations are quantised with one scale a batch, so that a
 * post's neighbours move its score: by 0.026 in the mean and 0.34 at worst over 1,000 real posts, about as much as
 * int8 differs from fp32 (docs/decisions/0006-inference-in-worker-threads.md). A mixed-up row would be off by 0.5.
 */
const tolerance = { mean: 0.04, worst: 0.4 };

let scorer: Scorer;

beforeAll(async () => {
  scorer = await createScorer(options);
});

afterAll(() => scorer.close());

describe('the score of a post', () => {
  let alone: Prediction[];

  beforeAll(async () => {
    alone = [];
    for (const post of posts) alone.push(...everyVerdict(await scorer.score([post])));
  });

  const distances = (verdicts: readonly Prediction[]): number[] =>
    verdicts.map(({ score }, index) => Math.abs(score - (alone[index]?.score ?? Number.NaN)));

  const expectNearlyAlone = (verdicts: readonly Prediction[]): void => {
    const apart = distances(verdicts);
    expect(Math.max(...apart)).toBeLessThan(tolerance.worst);
    expect(meanOf(apart)).toBeLessThan(tolerance.mean);
  };

  test('hardly depends on what else is in its batch', async () => {
    expectNearlyAlone(everyVerdict(await scorer.score(posts)));
  });

  test('nor on the order they came in', async () => {
    const order = posts.map((_, index) => (index * 37) % posts.length);
    const shuffled = everyVerdict(await scorer.score(order.map((index) => posts[index] ?? { text: '' })));
    const back: Prediction[] = [];
    for (const [at, index] of order.entries()) back[index] = shuffled[at] as Prediction; // one verdict a post
    expectNearlyAlone(back);
  });

  test('nor on a long neighbour that pads it', async () => {
    const verdicts: Prediction[] = [];
    for (const post of posts.slice(0, 24))
      verdicts.push(...everyVerdict(await scorer.score([post, { text: 'and so on '.repeat(40) }, post])).slice(0, 1));
    expectNearlyAlone(verdicts);
  });

  test('tells posts apart by far more than that', () => {
    expect(meanOf(distances([...alone.slice(1), ...alone.slice(0, 1)]))).toBeGreaterThan(5 * tolerance.mean);
  });

  test('is the same each time the same posts come together', async () => {
    expect(await scorer.score(posts)).toEqual(await scorer.score(posts));
  });

  test('is a probability like any other', () => {
    for (const { negative, neutral, positive, score, confidence, label } of alone) {
      expect(negative + neutral + positive).toBeCloseTo(1, 9);
      expect(score).toBe(positive - negative);
      expect(confidence).toBe({ negative, neutral, positive, unscored: Number.NaN }[label]);
    }
  });
});

test('answers several calls at once, each with its own', async () => {
  const calls = Array.from({ length: 8 }, (_, call) => posts.slice(call * 4, call * 4 + 4));
  const answers = await Promise.all(calls.map(async (call) => everyVerdict(await scorer.score(call))));
  const again = await Promise.all(calls.map(async (call) => everyVerdict(await scorer.score(call))));
  expect(answers.map((answer) => answer.map(({ label }) => label))).toEqual(again.map((answer) => answer.map(({ label }) => label)));
  expect(answers.map(({ length }) => length)).toEqual(calls.map(({ length }) => length));
});

test('a call of more than one window keeps its order', async () => {
  const many = Array.from({ length: 1_100 }, (_, index) => ({ text: 'ok', lang: index % 3 === 0 ? 'en' : index % 3 === 1 ? 'ja' : 'de' }));
  const verdicts = everyVerdict(await scorer.score(many));
  expect(verdicts.map(({ lang }) => lang)).toEqual(many.map(({ lang }) => lang));
  expect(verdicts.map(({ label }) => label !== 'unscored')).toEqual(many.map(({ lang }) => lang === 'en'));
});

test('no posts, no verdicts', async () => {
  expect(await scorer.score([])).toEqual([]);
});

test('says when a post was longer than the model reads', async () => {
  const verdicts = everyVerdict(await scorer.score([{ text: 'good '.repeat(126) }, { text: 'good '.repeat(127) }]));
  expect(verdicts.map(({ truncated }) => truncated)).toEqual([false, true]);
});

test('leaves a language it does not know unscored', async () => {
  const verdicts = everyVerdict(
    await scorer.score([
      { text: 'Me encanta el nuevo café de la esquina' },
      { text: 'What a lovely morning ride', lang: 'sv' },
      { text: ' \u200b\n' },
    ]),
  );
  expect(verdicts.map(({ label, lang, score }) => [label, lang, score])).toEqual([
    ['unscored', 'es', 0],
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
  const [verdict] = await scorer.score([{ text, lang: 'en' }]);
  expect(verdict?.label).toMatch(/^(negative|neutral|positive)$/);
  expect((verdict?.negative ?? 0) + (verdict?.neutral ?? 0) + (verdict?.positive ?? 0)).toBeCloseTo(1, 9);
});

/** Milliseconds that this thread has computed, where the system tells; the time of day elsewhere. */
function ownMilliseconds(): number {
  const told = `/proc/self/task/${process.pid}/schedstat`;
  return existsSync(told) ? Number(readFileSync(told, 'utf8').split(' ')[0]) / 1e6 : performance.now();
}

/** The most that this thread computes between two turns of the event loop while `work` is under way. */
async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = ownMilliseconds();
  const timer = setInterval(() => {
    const now = ownMilliseconds();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  return longest;
}

test('keeps the event loop free while it reads and scores', async () => {
  const stretches: number[] = [];
  for (let round = 0; round < 3; round += 1) stretches.push(await longestStretch(() => scorer.score(samplePosts(600))));
  // One reading stretch is 4 ms. Code that blocks does so in each round; the collector of garbage does not.
  expect(Math.min(...stretches)).toBeLessThan(25);
});

test('the cache changes no score, and takes what it knows', async () => {
  const cached = await createScorer({ ...options, cacheSize: 1_000 });
  const first = await cached.score(posts);
  const second = await cached.score(posts);
  await cached.close();
  expect(second).toEqual(first);
  expect(first).toEqual(await scorer.score(posts));
});

test('told to assume its language, it scores every text', async () => {
  const assuming = await createScorer({ ...options, workers: 1, assumeModelLanguage: true });
  const verdicts = everyVerdict(
    await assuming.score([{ text: 'Me encanta el nuevo café de la esquina' }, { text: '最悪だった', lang: 'ja' }]),
  );
  await assuming.close();
  expect(verdicts.map(({ label, lang }) => [label === 'unscored', lang])).toEqual([
    [false, 'en'],
    [false, 'en'],
  ]);
});

test('closing waits for what is in flight and takes nothing more', async () => {
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
