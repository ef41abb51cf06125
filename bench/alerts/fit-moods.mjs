import { readFileSync } from 'node:fs';
import { day } from './feed-model.mjs';

/** Days of a brand with fewer posts do not count. */
const minPosts = 100;

/**
 * Estimates how strongly the opinions of posts about a brand are correlated.
 * @param path `timestamp,brand,negative,neutral,positive` in windows of 15 minutes, labelled by people
 * @returns { daySpread, replyShare, designEffect }: the standard deviation of net sentiment between days (−1 to 1; median absolute
 *   deviation, without sampling error); the share of replies that explains the variance within a day; and the ratio of that
 *   variance to the one of independent posts
 */
export function fitMoods(path) {
  const days = [...readDays(path).values()].filter((one) => postsOf(one) >= minPosts);
  let [squares, independent] = [0, 0];
  const means = new Map();
  for (const one of days) {
    const posts = postsOf(one);
    const net = one.windows.reduce((sum, [negative, , positive]) => sum + positive - negative, 0) / posts;
    const polar = one.windows.reduce((sum, [negative, , positive]) => sum + positive + negative, 0) / posts;
    const variance = polar - net ** 2;
    means.set(one.brand, [...(means.get(one.brand) ?? []), { net, error: variance / posts }]);
    for (const [negative, neutral, positive] of one.windows) {
      const count = negative + neutral + positive;
      squares += (positive - negative - net * count) ** 2;
      // The mean of the day is estimated from the same posts.
      independent += variance * count * (1 - count / posts);
    }
  }
  const designEffect = Math.max(1, squares / independent);
  const deviations = [...means.values()].flatMap((all) => {
    const middle = median(all.map(({ net }) => net));
    return all.map(({ net, error }) => ({ deviation: Math.abs(net - middle), error }));
  });
  const spread = 1.4826 * median(deviations.map(({ deviation }) => deviation));
  return {
    daySpread: Math.sqrt(Math.max(0, spread ** 2 - median(deviations.map(({ error }) => error)))),
    replyShare: 1 - 1 / Math.sqrt(designEffect),
    designEffect,
  };
}

function readDays(path) {
  const days = new Map();
  for (const row of readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1)) {
    const [timestamp, brand, ...counts] = row.split(',');
    const key = `${brand} ${Math.floor(Date.parse(`${timestamp.replace(' ', 'T')}Z`) / day)}`;
    const known = days.get(key) ?? { brand, windows: [] };
    known.windows.push(counts.map(Number));
    days.set(key, known);
  }
  return days;
}

const postsOf = ({ windows }) => windows.reduce((sum, counts) => sum + counts.reduce((all, one) => all + one, 0), 0);

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
