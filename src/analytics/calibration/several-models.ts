import type { ClickHouseClient } from '@clickhouse/client';
import type { Calibration } from '../../domain/calibration.ts';
import { scoredPosts } from '../../domain/label-counts.ts';
import type { Clock } from '../../lib/clock.ts';
import { dayMs } from '../../lib/duration.ts';
import { readLanguageCounts } from '../../sink/queries/calibrations.ts';
import { type Calibrations, createCalibrations, type ScoringModel } from './calibrations.ts';

/** The range that counts where no range is given, as for alerts. */
const recentMs = 28 * dayMs;

interface ModelsDeps {
  readonly reader: ClickHouseClient;
  /** In the order of preference; with several, each has its languages. */
  readonly models: readonly ScoringModel[];
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/**
 * The calibrations of every model that scores posts. Each model has lines of its own. The line of a brand in a range is their
 * mean, weighted by the posts that each model scored.
 */
export function createModelCalibrations({ reader, models, clock }: ModelsDeps): Calibrations {
  const all = models.map((model) => createCalibrations({ reader, model, clock }));
  const [first, ...others] = all;
  if (!first || others.length === 0) return first ?? createCalibrations({ reader, model: undefined, clock });
  return {
    models,
    model: first.model,
    readFor: async (brands, range) => {
      const now = clock.now();
      const window = range ?? { from: new Date(now - recentMs), to: new Date(now) };
      const [lines, counts] = await Promise.all([
        Promise.all(all.map((calibrations) => calibrations.readFor(brands))),
        brands.length === 0 ? [] : readLanguageCounts(reader, { brands, ...window }),
      ]);
      return (brand) => {
        const own = counts.filter((row) => row.brand === brand);
        const postsOf = ({ languages = [] }: ScoringModel): number =>
          own.filter(({ lang }) => languages.includes(lang)).reduce((sum, row) => sum + scoredPosts(row), 0);
        return blendLines(models.map((model, index) => ({ line: lineAt(lines, index)(brand), posts: postsOf(model) })));
      };
    },
    readByModel: async (brand) => (await Promise.all(all.map((calibrations) => calibrations.readByModel(brand)))).flat(),
    reset: () => {
      for (const calibrations of all) calibrations.reset();
    },
  };
}

function lineAt<T>(lines: readonly T[], index: number): T {
  const line = lines[index];
  if (line === undefined) throw new TypeError('every model has lines');
  return line;
}

/**
 * The mean of the lines of several models, weighted by their posts. For models of equal slopes it gives the sum of each model's
 * corrected share, Σ wₘ · (levelₘ + slopeₘ · (countedₘ − countedLevelₘ)), exactly. The errors of models are independent.
 * What else it says is that of the model with the most posts.
 */
export function blendLines(parts: readonly { readonly line: Calibration; readonly posts: number }[]): Calibration {
  const used = parts.filter(({ posts }) => posts > 0);
  const [main, ...rest] = (used.length > 0 ? used : parts.slice(0, 1)).toSorted((a, b) => b.posts - a.posts);
  if (!main) throw new TypeError('a mean needs at least one line');
  if (rest.length === 0) return main.line;
  const total = used.reduce((sum, { posts }) => sum + posts, 0);
  const mean = (value: (line: Calibration) => number): number =>
    used.reduce((sum, { line, posts }) => sum + (posts / total) * value(line), 0);
  const spread = (error: (line: Calibration) => number): number =>
    Math.hypot(...used.map(({ line, posts }) => (posts / total) * error(line)));
  return {
    ...main.line,
    level: mean(({ level }) => level),
    countedLevel: mean(({ countedLevel }) => countedLevel),
    slope: mean(({ slope }) => slope),
    slopeError: spread(({ slopeError }) => slopeError),
    levelError: used.some(({ line }) => line.levelError === null) ? null : spread(({ levelError }) => levelError ?? 0),
  };
}
