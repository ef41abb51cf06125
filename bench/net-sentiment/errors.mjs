/** What a model gets wrong about net sentiment, and how much that differs between feeds. */

const labels = ['negative', 'neutral', 'positive'];
const polarity = { negative: -1, neutral: 0, positive: 1 };

/** Posts that share a word are taken for a small feed of their own: a word so frequent or so rare is no topic. */
const minTopicPosts = 30;
const maxTopicShare = 0.25;
/** Both classes need so many posts before a topic says something about the slope. */
const minClassPosts = 12;
/** Standard deviation of true net sentiment between feeds, in points, unless several files show it. */
const usualSpread = 30;

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values) => values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / Math.max(1, values.length - 1);

/** Groups of posts that have a word in common. */
function topicsOf(posts) {
  const byWord = new Map();
  for (const post of posts)
    for (const word of new Set(post.text.toLowerCase().match(/\p{L}{4,}/gu) ?? [])) byWord.set(word, [...(byWord.get(word) ?? []), post]);
  return [...byWord.values()].filter(({ length }) => length >= minTopicPosts && length <= maxTopicShare * posts.length);
}

/** Share of a true change that predictions show, as `attenuationOf` of src/analytics/calibration/fit.ts, with its sampling variance. */
function attenuationOf(posts) {
  const [negative, , positive] = labels.map((label) =>
    posts.filter(({ actual }) => actual === label).map(({ predicted }) => polarity[predicted]),
  );
  if (Math.min(negative.length, positive.length) < minClassPosts) return null;
  const variance = (varianceOf(negative) / negative.length + varianceOf(positive) / positive.length) / 4;
  return { value: (mean(positive) - mean(negative)) / 2, variance };
}

/** Variance between groups beyond that of sampling, by moments; never below 0. */
const varianceBetween = (groups, center) => Math.max(0, mean(groups.map(({ value, variance }) => (value - center) ** 2 - variance)));

/**
 * The block `netSentiment` of a manifest, from labeled posts of one or more feeds, each `{ actual, predicted, text }`.
 *
 * - slope: 1 / attenuation of all posts
 * - slopeError: its standard deviation between topics
 * - levelError: of counted minus true net sentiment, root mean square over feeds. Feeds differ in what they are about, which
 *   topics show, and in their mix of labels: predictions show only a part of what differs.
 */
export function measureErrors(feeds) {
  const topics = feeds.flatMap(topicsOf);
  const all = attenuationOf(feeds.flat());
  if (!all) throw new Error('The files have too few positive or negative posts.');
  const slope = 1 / all.value;
  const attenuations = [...feeds, ...topics].flatMap((posts) => attenuationOf(posts) ?? []);
  const slopeVariance = (varianceBetween(attenuations, all.value) + all.variance) * slope ** 4;
  const biases = [...feeds, ...topics].map((posts) => {
    const errors = posts.map(({ actual, predicted }) => 100 * (polarity[predicted] - polarity[actual]));
    return { value: mean(errors), variance: varianceOf(errors) / errors.length };
  });
  const nets = feeds.map((posts) => 100 * mean(posts.map(({ actual }) => polarity[actual])));
  const spread = Math.max(usualSpread, Math.sqrt(varianceOf(nets)));
  const levelVariance = varianceBetween(biases, 0) + ((1 - 1 / slope) * spread) ** 2;
  const rounded = (value, digits) => Number(value.toFixed(digits));
  return { slope: rounded(slope, 3), slopeError: rounded(Math.sqrt(slopeVariance), 3), levelError: rounded(Math.sqrt(levelVariance), 1) };
}
