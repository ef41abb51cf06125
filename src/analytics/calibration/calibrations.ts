import type { ClickHouseClient } from '@clickhouse/client';
import type { Calibration, NetSentimentError } from '../../domain/calibration.ts';
import { addCounts, netSentiment } from '../../domain/label-counts.ts';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { bucketMs, dayMs } from '../../lib/duration.ts';
import {
  type DayCounts,
  readCalibrations,
  readFirstDays,
  readFirstScored,
  type StoredCalibration,
} from '../../sink/queries/calibrations.ts';
import type { Range } from '../../sink/queries/metrics.ts';

/** The model that scores posts now, with its known error; none for a user's own model. */
export interface ScoringModel {
  /** `name@version`, as stored with posts. */
  readonly id: string;
  readonly netSentiment?: NetSentimentError | undefined;
  /** The languages that it is used for; undefined if it is the only model. */
  readonly languages?: readonly string[] | undefined;
}

/** The calibrations in force. */
export interface Calibrations {
  /** In the order of preference. */
  readonly models: readonly ScoringModel[];
  /** The first of them. */
  readonly model: ScoringModel | undefined;
  /**
   * The line of each brand; `*` is all posts. With several models it depends on how many posts each scored in the range, by
   * default the last four weeks. @throws the database's errors
   */
  readFor(brands: readonly string[], range?: Range): Promise<CalibrationOf>;
  /** The line of a brand for each model. @throws the database's errors */
  readByModel(brand: string): Promise<readonly ModelLine[]>;
  /** Forgets what was read; call it after a change. */
  reset(): void;
}

export interface ModelLine {
  readonly model: ScoringModel;
  readonly line: Calibration;
}

export type CalibrationOf = (brand: string) => Calibration;

/** Counted and calibrated net sentiment are the same, and the error is unknown. */
export const uncalibrated: Calibration = {
  ...{ basis: 'history', modelVersion: '', labels: 0, window: null },
  ...{ level: 0, countedLevel: 0, slope: 1, levelError: null, slopeError: 0 },
};

export const noCalibrations: Calibrations = {
  models: [],
  model: undefined,
  readFor: async () => () => uncalibrated,
  readByModel: async () => [],
  reset: () => {},
};

/** A brand's usual level is that of its first four weeks, or of the time in which it got this many scored posts. */
const historyDays = 28;
const minHistoryPosts = 500;
/** A brand with fewer posts a day is not waited for any longer. */
const maxHistoryDays = 400;

/** How long what was read is used: changes are rare, and other processes may make them. */
const storedLifetimeMs = 5_000;
/** A level that is not fixed yet moves with every post. */
const provisionalLifetimeMs = 10_000;
/** How long to believe that a model has scored no post; until then, the line is that of the model before. */
const unscoredLifetimeMs = 60_000;

/** Brands are named by requests, so their number has a limit. */
const maxProvisional = 1_000;

interface CalibrationsDeps {
  readonly reader: ClickHouseClient;
  readonly model: ScoringModel | undefined;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** Reads the calibrations of a model: of a brand its own labels come first, then those of all posts, then its history. */
export function createCalibrations({ reader, model, clock }: CalibrationsDeps): Calibrations {
  if (!model) return noCalibrations;
  let first = { minute: 0, at: Number.NEGATIVE_INFINITY };
  let stored: { readonly at: number; readonly lines: readonly StoredCalibration[] } | undefined;
  const provisional = new Map<string, { readonly at: number; readonly line: StoredCalibration | undefined }>();

  const readStored = async (now: number): Promise<readonly StoredCalibration[]> => {
    if (!stored || now - stored.at >= storedLifetimeMs) stored = { at: now, lines: await readCalibrations(reader, model.id) };
    return stored.lines;
  };

  /** The first minute scored by the model (seconds since 1970); 0 if there is none, which only a look at all posts can tell. */
  const findFirst = async (now: number): Promise<number> => {
    if (first.minute === 0 && now - first.at >= unscoredLifetimeMs) first = { minute: await readFirstScored(reader, model.id), at: now };
    return first.minute;
  };

  const calibrations: Calibrations = {
    models: [model],
    model,
    readFor: async (brands) => {
      const now = monotonicNow(clock);
      const lines = await readStored(now);
      const find = (brand: string, basis: StoredCalibration['basis']) => lines.find((line) => line.brand === brand && line.basis === basis);
      const feed = find('*', 'labels');
      const isFresh = (brand: string): boolean => now - (provisional.get(brand)?.at ?? Number.NEGATIVE_INFINITY) < provisionalLifetimeMs;
      const missing = feed ? [] : brands.filter((brand) => !find(brand, 'labels') && !find(brand, 'history') && !isFresh(brand));
      if (provisional.size > maxProvisional) provisional.clear();
      if (missing.length > 0) {
        for (const { brand, line } of await readHistories(reader, model, missing, await findFirst(now)))
          provisional.set(brand, { at: now, line });
      }
      return (brand) => {
        const own = find(brand, 'labels');
        if (own) return withoutBrand(own);
        if (feed) return { ...borrowedLine(withoutBrand(feed), model), basis: 'feed-labels' };
        const history = find(brand, 'history') ?? provisional.get(brand)?.line;
        return history ? withoutBrand(history) : { ...lineThrough(0, model), window: null };
      };
    },
    readByModel: async (brand) => [{ model, line: (await calibrations.readFor([brand]))(brand) }],
    reset: () => {
      stored = undefined;
      provisional.clear();
    },
  };
  return calibrations;
}

const withoutBrand = ({ brand: _, ...line }: StoredCalibration): Calibration => line;

/**
 * A line fitted to other posts than those it is used for, as that of all posts for a brand, or that of a brand for a platform:
 * a part of the posts differs from the whole about as much as feeds differ from one another. The usual error already says so.
 */
export function borrowedLine(line: Calibration, model: ScoringModel | undefined): Calibration {
  if (line.basis !== 'labels') return line;
  const error = model?.netSentiment?.levelError;
  return { ...line, levelError: line.levelError === null || error === undefined ? null : Math.hypot(line.levelError, error) };
}

/** The line of a model without labels, whose level is the counted one. */
function lineThrough(counted: number, { id, netSentiment }: ScoringModel): Omit<Calibration, 'window'> {
  return {
    ...{ basis: 'history', modelVersion: id, labels: 0, level: counted, countedLevel: counted },
    slope: netSentiment?.slope ?? 1,
    slopeError: netSentiment?.slopeError ?? 0,
    levelError: netSentiment?.levelError ?? null,
  };
}

interface History {
  readonly brand: string;
  /** Undefined if no post is scored. */
  readonly line: StoredCalibration | undefined;
  /** Whether the window is over, so that the line can be stored for good. */
  readonly isComplete: boolean;
}

/**
 * The line of each brand through the counted level of its first weeks with a model.
 * @param first the first minute that the model scored (seconds since 1970); 0 for all history
 */
export async function readHistories(
  reader: ClickHouseClient,
  model: ScoringModel,
  brands: readonly string[],
  first: number,
): Promise<History[]> {
  const bucketSeconds = bucketMs / 1_000;
  const since = Math.floor(first / bucketSeconds) * bucketSeconds;
  const rows = await readFirstDays(reader, { brands, since, limit: maxHistoryDays, languages: model.languages });
  return brands.map((brand) => {
    const { days, isComplete } = firstWindow(rows.filter((row) => row.brand === brand));
    const [begin, end] = [days[0], days.at(-1)];
    if (!begin || !end) return { brand, line: undefined, isComplete: false };
    const { positive, negative, neutral } = addCounts(days.map((day) => ({ ...day, unscored: 0 })));
    const counted = netSentiment(positive, negative, neutral);
    if (counted === null) return { brand, line: undefined, isComplete: false };
    const line = lineThrough(counted, model);
    const window = { from: toIsoDay(begin.day), to: toIsoDay(end.day + 1) };
    return { brand, isComplete, line: { ...line, basis: 'history', brand, window } };
  });
}

const toIsoDay = (day: number): string => new Date(day * dayMs).toISOString();

/** The days of the window, of all days of a brand; complete once a later day follows. */
function firstWindow(all: readonly DayCounts[]): { readonly days: readonly DayCounts[]; readonly isComplete: boolean } {
  const first = all[0]?.day ?? 0;
  const days: DayCounts[] = [];
  let posts = 0;
  for (const day of all) {
    if (day.day >= first + historyDays && posts >= minHistoryPosts) return { days, isComplete: true };
    days.push(day);
    posts += day.negative + day.neutral + day.positive;
  }
  return { days, isComplete: false };
}
