import { mixSeeds } from '../../dist/lib/random.js';
import { minute } from './feed-model.mjs';

/** Of the ten minutes in which an incident must be found, eight can be evaluated in time. */
const periodMinutes = 8;
/** The test has one false alert a week, which has 1,008 periods of ten minutes. */
const falseAlertShare = 1 / 1_008;
const featureNames = ['posts', 'negatives', 'net'];
/** A constant, the features, and their products in pairs. */
const termCount = 10;
/** Features are limited to this many standard deviations. */
const maxDeviation = 6;
/** Of the rate within a period, squared coefficient of variation; of the order of the profiles' `fastSpread`. */
const dispersion = 0.15;
const newtonSteps = 7;
const ridge = 0.1;

/**
 * The probability that the most powerful test (Neyman and Pearson 1933) detects an incident in time, at one false alert a week.
 * The test knows the process that draws the posts, its state when the incident starts, and the kind, size and start of the
 * incident. It sees the posts of each label in the period without copies, which no incident consists of, but not their minutes: knowing the start, it would tell an incident
 * from a story that began a minute earlier, which no detector without that knowledge can. The likelihood ratio is estimated from
 * simulated periods.
 * @param brand the states of its feed by time, and `factorAt`
 * @param draws { usual, changed }: simulated periods without and with the incident
 * @returns the detection probability by name of the kind, 0 to 1
 */
export function bestPossible({ states, factorAt }, kinds, draws, seed) {
  const starts = [...states.keys()];
  const draw = (count, change, stream) =>
    Array.from({ length: count }, (_, index) => {
      const start = starts[index % starts.length];
      return drawPeriod(states.get(start), start, factorAt, change, mixSeeds(seed, stream, index));
    });
  const usual = draw(draws.usual, {}, 0);
  return new Map(kinds.map((kind, index) => [kind.name, power(usual, draw(draws.changed, kind.change, 1 + index))]));
}

/** The posts of a period that are no copies, relative to those expected at its start, on a scale of equal variance, and their sentiment. */
function drawPeriod(state, start, factorAt, change, seed) {
  const feed = state.fork(seed);
  const sum = [0, 0, 0];
  const expected = [0, 0, 0];
  for (let passed = 0; passed < periodMinutes; passed += 1) {
    const time = start + passed * minute;
    const usual = state.expectedCounts(time, factorAt(time));
    for (let label = 0; label < 3; label += 1) expected[label] += usual[label];
    const counts = feed.draw(time, { ...change, factor: factorAt(time) * (change.factor ?? 1) });
    for (let label = 0; label < 3; label += 1) sum[label] += counts[label] - counts[4 + label];
  }
  const excess = (posts, usual) => stabilize(posts) - stabilize(usual);
  const net = ([negative, neutral, positive]) => (positive - negative) / Math.max(1e-9, negative + neutral + positive);
  const scored = sum[0] + sum[1] + sum[2];
  return {
    posts: excess(scored, expected[0] + expected[1] + expected[2]),
    negatives: excess(sum[0], expected[0]),
    // Between 0 posts, which say nothing, and many: scaled to equal variance.
    net: Math.sqrt(scored) * (scored > 0 ? net(sum) - net(expected) : 0),
  };
}

/** Gives negative binomial counts a constant variance (Anscombe 1948). */
const stabilize = (count) => Math.asinh(Math.sqrt(dispersion * (count + 3 / 8))) / Math.sqrt(dispersion);

/** The power of the likelihood ratio, the logarithm of which a logistic regression on the features and their products estimates. */
function power(usual, changed) {
  const scale = [...usual, ...changed].reduce((sum, one) => add(sum, one), emptyScale());
  const [usualTerms, changedTerms] = [usual, changed].map((all) => all.map((one) => termsOf(one, scale)));
  const weights = fitLogistic(usualTerms.slice(0, 2 * changed.length), changedTerms);
  const powerOf = (statistic) => {
    const sorted = Float64Array.from(usualTerms, statistic).sort();
    const threshold = sorted[sorted.length - 1 - Math.floor(falseAlertShare * sorted.length)];
    return changedTerms.filter((terms) => statistic(terms) > threshold).length / changed.length;
  };
  // Where hardly any usual period resembles the incident, the regression is vague, and a feature alone may do better.
  const single = featureNames.flatMap((_, index) => [(terms) => terms[index + 1], (terms) => -terms[index + 1]]);
  return Math.max(...[(terms) => product(terms, weights), ...single].map(powerOf));
}

const emptyScale = () => ({ count: 0, sums: featureNames.map(() => 0), squares: featureNames.map(() => 0) });

function add(scale, one) {
  scale.count += 1;
  for (const [index, name] of featureNames.entries()) {
    scale.sums[index] += one[name];
    scale.squares[index] += one[name] ** 2;
  }
  return scale;
}

/** A constant, the standardized features, and their products. */
function termsOf(one, { count, sums, squares }) {
  const terms = new Float64Array(termCount);
  terms[0] = 1;
  let at = 1;
  for (const [index, name] of featureNames.entries()) {
    const mean = sums[index] / count;
    const deviation = Math.sqrt(Math.max(1e-12, squares[index] / count - mean ** 2));
    terms[at] = Math.max(-maxDeviation, Math.min(maxDeviation, (one[name] - mean) / deviation));
    at += 1;
  }
  for (let row = 1; row <= featureNames.length; row += 1)
    for (let column = row; column <= featureNames.length; column += 1) {
      terms[at] = terms[row] * terms[column];
      at += 1;
    }
  return terms;
}

function product(terms, weights) {
  let sum = 0;
  for (let index = 0; index < termCount; index += 1) sum += terms[index] * weights[index];
  return sum;
}

/** Weights of a logistic regression that tells `ones` from `zeros`, by Newton's method with a small ridge penalty. */
function fitLogistic(zeros, ones) {
  let weights = new Float64Array(termCount);
  for (let step = 0; step < newtonSteps; step += 1) {
    const gradient = weights.map((weight) => -ridge * weight);
    const curvature = Array.from(weights, (_, row) => weights.map((__, column) => (row === column ? ridge : 0)));
    for (const [target, group] of [zeros, ones].entries())
      for (const terms of group) {
        const share = 1 / (1 + Math.exp(-product(terms, weights)));
        const weight = share * (1 - share);
        for (let row = 0; row < termCount; row += 1) {
          gradient[row] += (target - share) * terms[row];
          for (let column = 0; column <= row; column += 1) curvature[row][column] += weight * terms[row] * terms[column];
        }
      }
    const change = solve(curvature, gradient);
    weights = weights.map((weight, row) => weight + change[row]);
  }
  return weights;
}

/** Solves a symmetric positive definite system, given its lower triangle, by the Cholesky decomposition. */
function solve(matrix, right) {
  const lower = matrix.map((row) => row.slice());
  const size = right.length;
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row][column];
      for (let at = 0; at < column; at += 1) sum -= lower[row][at] * lower[column][at];
      lower[row][column] = row === column ? Math.sqrt(Math.max(1e-12, sum)) : sum / lower[column][column];
    }
  const solution = right.slice();
  for (let row = 0; row < size; row += 1) {
    for (let at = 0; at < row; at += 1) solution[row] -= lower[row][at] * solution[at];
    solution[row] /= lower[row][row];
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let at = row + 1; at < size; at += 1) solution[row] -= lower[at][row] * solution[at];
    solution[row] /= lower[row][row];
  }
  return solution;
}
