import type { ClickHouseClient } from '@clickhouse/client';
import type { CalibrationProgress } from '../../domain/calibration.ts';
import type { Label } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { countPopulation, readLabelPairs, type StoredCalibration } from '../../sink/queries/calibrations.ts';
import type { TimeRange } from '../../sink/queries/rollups.ts';
import type { ScoringModel } from './calibrations.ts';
import { countLabels, fitCalibration, type LabelTable, minLabels, reportProgress } from './fit.ts';

/** The posts of a brand (`*`: all) in a range, to draw and label a sample of. */
export interface LabeledWindow extends TimeRange {
  readonly brand: string;
}

type Counts = Readonly<Record<Label, number>>;

/** Reads what the stored labels of a window have brought so far. */
export async function readProgress(
  reader: ClickHouseClient,
  model: ScoringModel,
  window: LabeledWindow,
  readPopulation: typeof countPopulation = countPopulation,
): Promise<CalibrationProgress> {
  const population = { ...window, modelVersion: model.id };
  const [table, counts] = await Promise.all([readTable(reader, population), readPopulation(reader, population)]);
  return reportProgress(table, counts, model.netSentiment);
}

/** Fits the line of a brand to the stored labels of a window. @throws USAGE with too few labels */
export async function fitStoredLabels(
  reader: ClickHouseClient,
  model: ScoringModel,
  window: LabeledWindow,
): Promise<{ readonly line: StoredCalibration; readonly progress: CalibrationProgress }> {
  const population = { ...window, modelVersion: model.id };
  const [table, counts] = await Promise.all([readTable(reader, population), countPopulation(reader, population)]);
  const range = { from: new Date(1_000 * window.from).toISOString(), to: new Date(1_000 * window.to).toISOString() };
  return fitTable(table, { ...window, window: range, counts, model });
}

/** Fits the line of a brand to counts of labeled posts. `counts` null: the posts are all there are. @throws USAGE with too few labels */
export function fitTable(
  table: LabelTable,
  { brand, window, counts, model }: Pick<StoredCalibration, 'brand' | 'window'> & { counts: Counts | null; model: ScoringModel },
): { readonly line: StoredCalibration; readonly progress: CalibrationProgress } {
  const labeled = countLabels(table);
  if (labeled < minLabels)
    throw new FeedpulseError(
      'USAGE',
      `At least ${minLabels} labeled posts are needed; there are ${labeled} that ${model.id} has scored${window ? ' in this range' : ''}.`,
    );
  const progress = reportProgress(table, counts, model.netSentiment);
  const fitted = fitCalibration(table, progress.counted, model.netSentiment);
  return { line: { ...fitted, basis: 'labels', brand, window, modelVersion: model.id }, progress };
}

async function readTable(reader: ClickHouseClient, population: LabeledWindow & { readonly modelVersion: string }): Promise<LabelTable> {
  const empty = () => ({ negative: 0, neutral: 0, positive: 0 });
  const table = { negative: empty(), neutral: empty(), positive: empty() };
  for (const { actual, predicted, posts } of await readLabelPairs(reader, population)) table[actual][predicted] += posts;
  return table;
}
