import { describe, expect, test } from 'vitest';
import { calibratedChange, calibrateNet } from '../../../src/analytics/calibration/apply.ts';
import { attenuationOf, fitCalibration, type LabelTable, labelsNeeded } from '../../../src/analytics/calibration/fit.ts';
import { blendLines } from '../../../src/analytics/calibration/several-models.ts';
import type { Calibration, NetSentimentError } from '../../../src/domain/calibration.ts';
import type { LabelCounts } from '../../../src/domain/label-counts.ts';
import { type Label, labels } from '../../../src/domain/post.ts';
import { createRandom, pickWeighted, type Random } from '../../../src/lib/random.ts';

type Shares = Readonly<Record<Label, number>>;

/** A feed: the true mix of its posts, and what a model says about posts of each label. */
interface Feed {
  readonly mix: Shares;
  readonly said: Readonly<Record<Label, Shares>>;
}

const complaints: Feed = {
  mix: { negative: 0.62, neutral: 0.22, positive: 0.16 },
  said: {
    negative: { negative: 0.62, neutral: 0.32, positive: 0.06 },
    neutral: { negative: 0.15, neutral: 0.6, positive: 0.25 },
    positive: { negative: 0.04, neutral: 0.16, positive: 0.8 },
  },
};
const general: Feed = {
  mix: { negative: 0.28, neutral: 0.57, positive: 0.15 },
  said: {
    negative: { negative: 0.88, neutral: 0.1, positive: 0.02 },
    neutral: { negative: 0.22, neutral: 0.62, positive: 0.16 },
    positive: { negative: 0.06, neutral: 0.19, positive: 0.75 },
  },
};

const shipped: NetSentimentError = { slope: 1.36, slopeError: 0.1, levelError: 11 };

const net = ({ negative, neutral, positive }: Shares): number => (100 * (positive - negative)) / (positive + neutral + negative);

function drawSample(random: Random, { mix, said }: Feed, posts: number): LabelTable {
  const empty = () => ({ negative: 0, neutral: 0, positive: 0 });
  const table = { negative: empty(), neutral: empty(), positive: empty() };
  for (let post = 0; post < posts; post += 1) {
    const actual = pickWeighted(random, mix);
    table[actual][pickWeighted(random, said[actual])] += 1;
  }
  return table;
}

/** The labels of the model over very many posts of a feed. */
function countedOf({ mix, said }: Feed): LabelCounts {
  const posts = (predicted: Label): number => 1e6 * labels.reduce((sum, actual) => sum + mix[actual] * said[actual][predicted], 0);
  return { negative: posts('negative'), neutral: posts('neutral'), positive: posts('positive'), unscored: 0 };
}

function toCalibration(fitted: ReturnType<typeof fitCalibration>): Calibration {
  return { basis: 'labels', modelVersion: 'model@1.0.0', window: null, ...fitted };
}

/** What 300 labels of a feed do for its posts, over 400 repetitions: bias, coverage of the truth, and what a change shows as. */
function simulate(feed: Feed, changed: Feed = feed) {
  const random = createRandom(20);
  const repetitions = 400;
  const [truth, before] = [net(feed.mix), countedOf(feed)];
  let [bias, covered, change] = [0, 0, 0];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const calibration = toCalibration(fitCalibration(drawSample(random, feed, 300), net(before), shipped));
    const { value, interval } = calibrateNet(before, calibration);
    bias += ((value ?? 0) - truth) / repetitions;
    covered += interval && interval.low <= truth && truth <= interval.high ? 1 / repetitions : 0;
    change += ((calibrateNet(countedOf(changed), calibration).value ?? 0) - (value ?? 0)) / repetitions;
  }
  return { bias, covered, change, raw: net(before) - truth };
}

describe('300 labels of a feed', () => {
  test.each([
    ['complaints', complaints],
    ['general posts', general],
  ])('mend the level of %s, with an interval that covers the truth', (_name, feed) => {
    const { bias, raw, covered } = simulate(feed);
    expect(Math.abs(raw)).toBeGreaterThan(3); // the counted value is off
    expect(Math.abs(bias)).toBeLessThan(1);
    expect(covered).toBeGreaterThanOrEqual(0.9);
  });

  test.each([
    ['negative', 'positive', 0.05],
    ['positive', 'negative', 0.05],
    ['negative', 'neutral', 0.1],
    ['neutral', 'positive', 0.1],
  ] as const)('show a change of ten points from %s to %s as 8 to 12', (from, to, share) => {
    for (const feed of [complaints, general]) {
      const mix = { ...feed.mix, [from]: feed.mix[from] - share, [to]: feed.mix[to] + share };
      const change = Math.abs(simulate(feed, { ...feed, mix }).change);
      expect(change).toBeGreaterThan(8);
      expect(change).toBeLessThan(12);
    }
  });
});

const table = (...rows: readonly (readonly [number, number, number])[]): LabelTable =>
  Object.fromEntries(
    labels.map((label, index) => {
      const [negative = 0, neutral = 0, positive = 0] = rows[index] ?? [];
      return [label, { negative, neutral, positive }];
    }),
  ) as LabelTable; // one row per label

test('a small table, worked out by hand', () => {
  // y: 4 × −1, 4 × 0, 2 × 1; a: 3 × −1, 4 × 0, 3 × 1; Σya = 3 − 0 + 2 = 5; Σa² = 6; β = 5/6.
  const fitted = fitCalibration(table([3, 1, 0], [0, 3, 1], [0, 0, 2]), 30, shipped);
  expect(fitted.labels).toBe(10);
  expect(fitted.countedLevel).toBe(30);
  expect(fitted.level).toBeCloseTo(100 * (-0.2 + (5 / 6) * 0.3));
  // Residual sum of squares: Σ(y − ȳ)² − β · Σ(y − ȳ)a = 5.6 − 25/6; one is added; t(8) = 2.306.
  const deviation = Math.sqrt((5.6 - 25 / 6 + 1) / 8);
  expect(1.96 * fitted.levelError).toBeCloseTo((2.306 * 100 * deviation) / Math.sqrt(10), 1);
});

test('the slope is that of the model with few labels, and that of the feed with many', () => {
  const sharp = table([900, 100, 0], [50, 900, 50], [0, 100, 900]); // shows 0.9 of a change
  expect(attenuationOf(sharp).attenuation).toBeCloseTo(0.9);
  expect(fitCalibration(sharp, null, shipped).slope).toBeCloseTo(1 / 0.9, 1);
  const few = table([9, 1, 0], [1, 9, 1], [0, 1, 9]);
  const { slope, slopeError } = fitCalibration(few, null, shipped);
  expect(slope).toBeGreaterThan(1.2);
  expect(slopeError).toBeLessThan(shipped.slopeError);
  const oneSided = table([0, 0, 0], [1, 9, 1], [0, 1, 9]); // no negative post
  expect(fitCalibration(oneSided, null, shipped)).toMatchObject({ slope: expect.closeTo(1.36), slopeError: expect.closeTo(0.1) });
});

test('a sample in which the model made no error leaves an error', () => {
  const perfect = fitCalibration(table([20, 0, 0], [0, 20, 0], [0, 0, 20]), null, undefined);
  expect(perfect.level).toBeCloseTo(0);
  expect(perfect.levelError).toBeGreaterThan(1);
});

test('labels needed fall with the square of the error', () => {
  expect(labelsNeeded({ labels: 100, levelError: 6 / 1.959964 }, 3)).toBe(300);
  expect(labelsNeeded({ labels: 100, levelError: 1 }, 3)).toBe(0);
});

const history: Calibration = {
  ...{ basis: 'history', modelVersion: 'model@1.0.0', labels: 0, window: null, level: -20, countedLevel: -20 },
  ...{ slope: 1.4, levelError: 11, slopeError: 0.1 },
};

test('without labels the usual level stays, and changes from it are mended', () => {
  expect(calibrateNet({ negative: 400, neutral: 400, positive: 200, unscored: 5 }, history).value).toBeCloseTo(-20);
  expect(calibrateNet({ negative: 500, neutral: 400, positive: 100, unscored: 5 }, history).value).toBeCloseTo(-20 - 1.4 * 20);
});

test('no value leaves the scale, and no post gives none', () => {
  const all = calibrateNet({ negative: 50, neutral: 0, positive: 0, unscored: 0 }, history);
  expect(all.value).toBe(-100);
  expect(all.interval?.low).toBe(-100);
  expect(all.interval?.high).toBeLessThan(-60);
  expect(calibrateNet({ negative: 0, neutral: 0, positive: 0, unscored: 9 }, history)).toMatchObject({ value: null, interval: null });
});

test('a model whose error is unknown has a value without an interval', () => {
  const { value, interval } = calibrateNet(
    { negative: 1, neutral: 1, positive: 1, unscored: 0 },
    { ...history, levelError: null, slope: 1 },
  );
  expect([value, interval]).toEqual([expect.closeTo(0), null]);
});

const counts = (negative: number, neutral: number, positive: number): LabelCounts => ({ negative, neutral, positive, unscored: 0 });

test('the error of the level is in no change', () => {
  const change = (calibration: Calibration) =>
    calibratedChange(calibrateNet(counts(400, 400, 200), calibration), calibrateNet(counts(300, 450, 250), calibration), calibration);
  const exact = change({ ...history, levelError: 50, slopeError: 0 });
  expect(exact?.difference).toBeCloseTo(1.4 * -15);
  const unsure = change(history);
  expect(unsure?.difference).toBeCloseTo(1.4 * -15);
  expect((unsure?.high ?? 0) - (unsure?.low ?? 0)).toBeGreaterThan((exact?.high ?? 0) - (exact?.low ?? 0));
  expect([exact?.significant, unsure?.significant]).toEqual([true, true]);
  expect(change({ ...history, levelError: null })?.difference).toBeCloseTo(1.4 * -15);
});

describe('corrected posts', () => {
  // 60 of 100 posts are negative; the model found 45 of them, and people corrected the other 15.
  const corrected = { before: counts(0, 15, 0), after: counts(15, 0, 0) };
  const afterwards = counts(60, 30, 10);
  const labeled: Calibration = { ...history, basis: 'labels', labels: 300, level: -50, countedLevel: -35, levelError: 2 };

  test('are not corrected twice: labels already say what the model gets wrong', () => {
    const before = calibrateNet(counts(45, 45, 10), labeled);
    expect(before.value).toBeCloseTo(-50); // as is true
    expect(calibrateNet(afterwards, labeled, corrected).value).toBeCloseTo(-50);
    expect(calibrateNet(afterwards, labeled).value).toBeLessThan(-65); // what counting them would give
  });

  test('count as they are without labels, and the line applies to the others', () => {
    const others = calibrateNet(counts(45, 30, 10), history);
    expect(calibrateNet(afterwards, history, corrected).value).toBeCloseTo(0.85 * (others.value ?? 0) + 0.15 * -100);
  });

  test('leave no error where all posts are corrected and there are no labels', () => {
    const all = calibrateNet(afterwards, history, { before: counts(45, 45, 10), after: afterwards });
    expect(all.value).toBeCloseTo(-50);
    expect(all.interval).toEqual({ low: all.value, high: all.value });
  });
});

describe('the line of several models', () => {
  const line = (level: number, countedLevel: number, given: Partial<Calibration> = {}): Calibration => ({
    ...{ basis: 'labels', modelVersion: 'm@1', labels: 100, window: null, level, countedLevel },
    ...{ slope: 1.3, levelError: 3, slopeError: 0.1, ...given },
  });
  const [first, second] = [line(40, 50), line(-10, -30, { modelVersion: 'n@1', levelError: 4 })];

  test('gives the sum of what each model counted, corrected by its own line, if the slopes are equal', () => {
    const blended = blendLines([
      { line: first, posts: 300 },
      { line: second, posts: 100 },
    ]);
    const truth = (one: Calibration, counted: number) => one.level + one.slope * (counted - one.countedLevel);
    const counted = 0.75 * 45 + 0.25 * -60;
    expect(truth(blended, counted)).toBeCloseTo(0.75 * truth(first, 45) + 0.25 * truth(second, -60), 9);
    expect(blended.levelError).toBeCloseTo(Math.hypot(0.75 * 3, 0.25 * 4), 9);
    expect(blended.modelVersion).toBe('m@1');
  });

  test('is that of the only model with posts, and of the first without any', () => {
    const parts = (a: number, b: number) => [
      { line: first, posts: a },
      { line: second, posts: b },
    ];
    expect(blendLines(parts(0, 7))).toEqual(second);
    expect(blendLines(parts(0, 0))).toEqual(first);
  });

  test('has an unknown error if that of one model is unknown', () => {
    const parts = [first, line(0, 0, { levelError: null })].map((one) => ({ line: one, posts: 10 }));
    expect(blendLines(parts).levelError).toBeNull();
  });
});
