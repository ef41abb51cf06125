/**
 * The score of the Numenta Anomaly Benchmark, standard profile (Lavin and Ahmad 2015, "Evaluating real-time anomaly
 * detection algorithms"). A window counts once, and more if it is detected early. A false alert costs up to 0.11, less shortly
 * after a window; a missed window costs 1. 100 is a perfect detector, 0 one that never alerts.
 */

const falseAlertCost = 0.11;
/** The first 15% of a series (at most of 5,000 rows) are for warm-up and are not scored. */
const probation = 0.15;

/** Falls from 1 at the start of a window to 0 at its end and −1 far after it. */
const sigmoid = (position) => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1);

/** The rows of each window, first and last. */
export const windowBounds = ({ times, windows }) => windows.map(([first, last]) => [times.indexOf(first), times.indexOf(last)]);

/** How many rows at the start of a series are not scored. */
export const warmUpRows = ({ times }) => Math.min(Math.floor(probation * times.length), probation * 5_000);

/** The contribution of each row to the score if an alert is raised on it; undefined during warm-up. */
function rowWorths(series) {
  const bounds = windowBounds(series);
  const skipped = warmUpRows(series);
  return series.times.map((_, index) => {
    if (index < skipped) return undefined;
    const window = bounds.findIndex(([first, last]) => index >= first && index <= last);
    if (window >= 0) {
      const [first, last] = bounds[window];
      return { window, worth: sigmoid(-(last - index + 1) / (last - first + 1)) / sigmoid(-1) };
    }
    const passed = bounds.filter(([, last]) => last < index).at(-1);
    const worth = passed ? sigmoid((index - passed[1]) / (passed[1] - passed[0])) : -1;
    return { window: undefined, worth: falseAlertCost * worth };
  });
}

/**
 * @param series [{ times, windows: [[first, last]], scores }], with one score per row
 * @returns { score, threshold, found, windows } at `threshold`, or at the best common threshold of all series
 */
export function nabScore(series, threshold) {
  const rows = series.flatMap((one, index) =>
    rowWorths(one).flatMap((row, at) =>
      row ? [{ worth: row.worth, score: one.scores[at], window: row.window === undefined ? undefined : `${index} ${row.window}` }] : [],
    ),
  );
  const windows = new Set(rows.flatMap(({ window }) => window ?? []));
  rows.sort((a, b) => b.score - a.score);
  const best = new Map();
  let total = -windows.size;
  let top = { total, threshold: Number.POSITIVE_INFINITY, found: 0 };
  for (const [index, { worth, score, window }] of rows.entries()) {
    if (threshold !== undefined && score < threshold) break;
    const before = best.get(window) ?? -1;
    if (window === undefined) total += worth;
    else if (worth > before) {
      total += worth - before;
      best.set(window, worth);
    }
    const isLast = rows[index + 1]?.score !== score;
    if (isLast && (total > top.total || threshold !== undefined)) top = { total, threshold: score, found: best.size };
  }
  const perfect = windows.size;
  return {
    score: (100 * (top.total + windows.size)) / (perfect + windows.size),
    threshold: top.threshold,
    found: top.found,
    windows: windows.size,
  };
}
