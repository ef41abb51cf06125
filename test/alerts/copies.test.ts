import { expect, test } from 'vitest';
import { backtestRules } from '../../src/alerts/backtest.ts';
import { resolveRules } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import { addCounts, type LabelCounts } from '../../src/domain/label-counts.ts';
import { bucketMs, dayMs, hourMs, minuteMs } from '../../src/lib/duration.ts';
import { createRandom } from '../../src/lib/random.ts';
import { createCopyDetector } from '../../src/sink/writer/copy-detector.ts';
import { scoredPost } from '../support/scored-post.ts';

const now = Date.UTC(2026, 4, 20, 12);
const historyMs = 28 * dayMs;
const random = createRandom(7);

/** A Poisson number (Knuth 1969), for a small mean. */
function drawPoisson(mean: number): number {
  let count = -1;
  for (let product = 1; product > Math.exp(-mean); count += 1) product *= random();
  return count;
}

const posts = (neutral: number): LabelCounts => ({ negative: 0, neutral, positive: 0, unscored: 0 });
const perMinute = 100 / 60;
const quiet = new Map(
  Array.from({ length: (historyMs + 2 * hourMs) / minuteMs }, (_, index) => [
    now - historyMs + index * minuteMs,
    posts(drawPoisson(perMinute)),
  ]),
);
const buckets = new Map(
  Array.from({ length: historyMs / bucketMs }, (_, index) => {
    const start = now - historyMs + index * bucketMs;
    return [start, addCounts(Array.from({ length: 15 }, (_, minute) => quiet.get(start + minute * minuteMs) ?? posts(0)))];
  }),
);

/** The alerts of two hours, in which 200 posts arrive within ten minutes from the sixtieth on. */
async function alertsOf(textOf: (index: number) => string): Promise<string[]> {
  const { isCopy } = createCopyDetector();
  const minutes = new Map(quiet);
  for (let index = 0; index < 200; index += 1) {
    const at = now + hourMs + Math.floor(index / 20) * minuteMs;
    const post = scoredPost({ id: `${index}`, text: textOf(index), author: { id: `a${index}`, handle: '', name: '', followers: 0 } });
    const counts = { ...posts(1), ...(isCopy(post, at) && { copies: posts(1) }) };
    minutes.set(at, addCounts([minutes.get(at) ?? posts(0), counts]));
  }
  const metrics = ['volume', 'organicVolume'].map((metric) => ({ name: metric, metric }));
  const { alerts, brands } = configSchema.parse({ brands: [{ name: 'Brixomel' }], alerts: { rules: metrics } });
  const byBrand = <T>(values: T) => new Map(['*', 'Brixomel'].map((brand) => [brand, values]));
  const transitions = await backtestRules({
    rules: resolveRules(alerts.rules, brands),
    history: { minutes: byBrand(minutes), buckets: byBrand(buckets) },
    ...{ from: now, to: now + 2 * hourMs, noDataAfterMs: hourMs },
  });
  return transitions.filter(({ kind }) => kind === 'alert').map(({ rule }) => rule);
}

const story = 'The Brixomel charger melted onto my desk last night and the support told me to keep using it'.split(' ');

test('two hundred near-copies of a text are volume, but not organic volume', async () => {
  const nearCopy = (index: number): string => {
    const words = story.toSpliced(index % story.length, 1, ...['a', 'word'].slice(0, index % 3));
    return `${index % 2 === 0 ? `RT @user${index}: ` : ''}${words.join(' ')}${index % 4 === 0 ? ` https://t.example/${index} 😡` : ''}`;
  };
  expect(await alertsOf(nearCopy)).toEqual(['volume']);
});

test('two hundred different texts are both', async () => {
  const different = (index: number): string =>
    story.map((word, place) => `${word}${'abcdefghij'[(index * (place + 3)) % 10]}${index}x`).join(' ');
  expect((await alertsOf(different)).sort()).toEqual(['organicVolume', 'volume']);
});
