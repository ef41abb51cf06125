import { readFile, writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { parse } from 'csv-parse/sync';
import { readLabeledPosts } from '../../app/model-evaluation/labeled-posts.ts';
import type { Calibration, CalibrationProgress } from '../../domain/calibration.ts';
import { targetMargin } from '../../domain/calibration.ts';
import { type Label, labels } from '../../domain/post.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import type { Api } from '../api-client.ts';
import {
  type FormatOptions,
  loadCommandConfig,
  withBrandOption,
  withConfiguredApi,
  withFormat,
  withRange,
  withSharedOptions,
} from '../options.ts';
import { escapeTerminal, printableJson } from '../output/escape-terminal.ts';
import { formatCount, formatPosts, formatSigned } from '../output/format.ts';
import { type Column, formatCsv, formatRows } from '../output/format-rows.ts';
import { createProgress } from '../output/progress.ts';

const path = '/api/v1/calibrations';

interface BrandOptions extends FormatOptions {
  readonly brand: string;
  /** `name@version` of one of several models. */
  readonly scorer?: string;
}

const scorerOption = ['--scorer <name@version>', 'the model to calibrate, where several score posts (default: the first)'] as const;

interface DrawOptions extends BrandOptions {
  readonly since?: string;
  readonly until?: string;
  readonly size: number;
  readonly seed: number;
  readonly out?: string;
}

const drawHelp = `
Labels are negative, neutral or positive, towards the brand. Leave the cell empty if you cannot tell. Do not choose posts:
the sample is random, and only a random sample says what the model gets wrong.

  $ feedpulse calibrate draw --brand Brixomel --size 300 --out sample.csv
  $ feedpulse calibrate fit sample.csv --brand Brixomel
`;

export function defineCalibrateCommand(command: Command): void {
  command.addCommand(
    withRange(withBrandOption(withSharedOptions(new Command('draw'))))
      .description('draw a random sample of posts to label, as CSV')
      .option(...scorerOption)
      .option('--size <posts>', 'number of posts', parseCount, 300)
      .option('--seed <number>', 'another number draws other posts', parseCount, 1)
      .option('--out <file>', 'file to write (default: standard output)')
      .addHelpText('after', drawHelp)
      .action(draw),
  );
  command.addCommand(
    withFormat(withBrandOption(withSharedOptions(new Command('fit'), ['config', 'dataDir', 'model', 'logLevel'])), ['table', 'json'])
      .description('calibrate net sentiment from labeled posts')
      .option(...scorerOption)
      .argument('<file>', 'the labeled sample, or any CSV or TSV with the columns label and text')
      .action(fit),
  );
  command.addCommand(
    withFormat(withSharedOptions(new Command('show')))
      .description('list the calibrations in force')
      .action(show),
  );
  command.addCommand(
    withFormat(withBrandOption(withSharedOptions(new Command('remove'))), ['table', 'json'])
      .description('remove the calibration of a brand; its labels stay')
      .option(...scorerOption)
      .action(remove),
  );
}

const maxNumber = 2 ** 32 - 1;

function parseCount(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > maxNumber) throw new InvalidArgumentError('Expected a whole number.');
  return number;
}

interface SampleResponse {
  readonly from: string;
  readonly to: string;
  readonly posts: readonly { readonly platform: string; readonly id: string; readonly text: string }[];
  readonly progress: CalibrationProgress;
}

const sampleColumns: readonly Column<SampleResponse['posts'][number]>[] = [
  { title: '', name: 'platform', value: ({ platform }) => platform },
  { title: '', name: 'id', value: ({ id }) => id },
  { title: '', name: 'text', value: ({ text }) => text },
  { title: '', name: 'label', value: () => '' },
];

async function draw({ brand, scorer, since, until, size, seed, out, ...options }: DrawOptions): Promise<void> {
  const sample = await withConfiguredApi(options, (api) =>
    api.get<SampleResponse>(`${path}/sample`, { brand, model: scorer, from: since, to: until, limit: size, seed }),
  );
  const { posts, progress } = sample;
  if (posts.length === 0) throw new FeedpulseError('USAGE', `No scored posts of ${nameOf(brand)} are stored in this range.`);
  const csv = formatCsv(posts, sampleColumns);
  if (out === undefined) process.stdout.write(csv);
  else
    await writeFile(out, csv).catch((thrown: unknown) => {
      throw new FeedpulseError('FILE_INACCESSIBLE', `${asError(thrown).message}.`, { cause: thrown });
    });
  const all = posts.length < size ? 'all ' : '';
  process.stderr.write(
    `${all}${formatPosts(posts.length)} of ${formatCount(progress.posts)} from ${sample.from.slice(0, 10)} to ${sample.to.slice(0, 10)}.${
      out === undefined ? '' : ` Fill in the column label, then run: feedpulse calibrate fit ${out} --brand ${JSON.stringify(brand)}`
    }\n`,
  );
}

interface FitResponse {
  readonly brand: string;
  readonly calibration: Calibration;
  readonly progress: CalibrationProgress;
}

async function fit(file: string, options: BrandOptions): Promise<void> {
  const sample = await readSample(file);
  const { brand, scorer, format } = options;
  const table = sample ? undefined : await scoreFile(file, options);
  const fitted = await withConfiguredApi(options, async (api) => {
    const range = sample && (await saveLabels(api, options, sample));
    return api.send<FitResponse>('POST', path, { brand, model: scorer, ...range, ...(table && { table }) });
  });
  process.stdout.write(format === 'json' ? `${printableJson(fitted)}\n` : describeFit(fitted));
}

interface SampleRow {
  readonly platform: string;
  readonly id: string;
  readonly label: Label;
}

/** The labeled posts of a drawn sample; undefined for a file of another shape. @throws FILE_INACCESSIBLE, USAGE */
async function readSample(file: string): Promise<readonly SampleRow[] | undefined> {
  const content = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new FeedpulseError('FILE_INACCESSIBLE', `${asError(thrown).message}.`, { cause: thrown });
  });
  const header =
    content
      .slice(0, 200)
      .split(/\r?\n/, 1)[0]
      ?.replace(/^\uFEFF/, '')
      .split(/[,;]/) ?? [];
  if (!header.includes('platform') || !header.includes('id')) return undefined;
  const rows = parseSample(file, content);
  const given = rows.flatMap(({ platform = '', id = '', label = '' }, index) => {
    const name = label.trim().toLowerCase();
    if (name === '') return [];
    const known = labels.find((one) => one === name);
    if (!known) throw new FeedpulseError('USAGE', `${file}: the label of post ${index + 1} is none of ${labels.join(', ')}.`);
    return [{ platform: withoutApostrophe(platform), id: withoutApostrophe(id), label: known }];
  });
  if (given.length === 0) throw new FeedpulseError('USAGE', `${file} has no labels; fill in the column label.`);
  return given;
}

/** Spreadsheets in some languages separate by semicolons. */
function parseSample(file: string, content: string): Partial<Record<string, string>>[] {
  try {
    return parse(content, { bom: true, columns: true, skip_empty_lines: true, relax_column_count: true, delimiter: [',', ';'] });
  } catch (thrown) {
    // The library's message quotes the file's content.
    throw new FeedpulseError('FILE_INACCESSIBLE', `${file} is not CSV.`, { cause: thrown });
  }
}

/** Undoes the escape of cells that a spreadsheet would run as formulas. */
const withoutApostrophe = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

async function saveLabels(api: Api, { brand, scorer }: BrandOptions, given: readonly SampleRow[]): Promise<{ from: string; to: string }> {
  const { from, to, unknown } = await api.send<{ from: string; to: string; unknown: number }>('POST', `${path}/labels`, {
    brand,
    model: scorer,
    labels: given,
  });
  if (unknown > 0) process.stderr.write(`${formatPosts(unknown)} of the file are not stored, and left out.\n`);
  return { from, to };
}

/** Counts of a file's posts by their label and that of the model. */
async function scoreFile(file: string, options: BrandOptions) {
  const posts = await readLabeledPosts(file);
  const { evaluateModel } = await import('../../app/model-evaluation/evaluate-model.ts');
  const progress = createProgress('Scoring');
  const measuring = evaluateModel(loadCommandConfig(options), posts, { onProgress: progress.update });
  return (await measuring.finally(progress.stop)).report.confusion;
}

const nameOf = (brand: string): string => (brand === '*' ? 'all brands' : escapeTerminal(brand));
const points = (value: number): string => formatSigned(value, 1);

function describeFit({ brand, calibration, progress }: FitResponse): string {
  const { counted, level, margin, usualMargin, labelsNeeded } = progress;
  const { labels: posts, slope, window } = calibration;
  const bias = (counted ?? 0) - (level ?? 0);
  const lines = [
    `Net sentiment of ${nameOf(brand)} is calibrated on ${formatPosts(posts)}${window ? ` from ${formatWindow(window)}` : ''}.`,
    `  before  ${points(counted ?? 0)}${usualMargin === null ? '' : ` ± ${usualMargin.toFixed(1)}`}`,
    `  now     ${points(level ?? 0)} ± ${(margin ?? 0).toFixed(1)} (95%)`,
    `The counted value is ${Math.abs(bias).toFixed(1)} points too ${bias > 0 ? 'high' : 'low'}. A change of 10 points shows as ${(10 / slope).toFixed(1)} in the counts.`,
    labelsNeeded === 0 || labelsNeeded === null
      ? `The error is within ±${targetMargin} points.`
      : `${formatCount(labelsNeeded)} more labels bring the error to ±${targetMargin} points.`,
  ];
  return `${lines.join('\n')}\n`;
}

const formatWindow = ({ from, to }: { from: string; to: string }): string => `${from.slice(0, 10)} to ${to.slice(0, 10)}`;

type ListedCalibration = Calibration & { readonly brand: string };

const listColumns: readonly Column<ListedCalibration>[] = [
  { title: 'BRAND', name: 'brand', value: ({ brand }) => escapeTerminal(brand) },
  { title: 'BASIS', name: 'basis', value: ({ basis }) => basis },
  { title: 'LABELS', name: 'labels', value: ({ labels: posts }) => posts, show: ({ labels: posts }) => formatCount(posts) },
  { title: 'COUNTED', name: 'countedLevel', value: ({ countedLevel }) => countedLevel, show: ({ countedLevel }) => points(countedLevel) },
  { title: 'CALIBRATED', name: 'level', value: ({ level }) => level, show: ({ level }) => points(level) },
  {
    title: 'ERROR',
    name: 'levelError',
    value: ({ levelError }) => levelError,
    show: ({ levelError }) => (levelError === null ? 'unknown' : `±${(1.96 * levelError).toFixed(1)}`),
  },
  { title: 'SLOPE', name: 'slope', value: ({ slope }) => slope, show: ({ slope }) => slope.toFixed(2) },
  { title: 'WINDOW', name: 'window', value: ({ window }) => (window ? formatWindow(window) : null) },
  { title: 'MODEL', name: 'modelVersion', value: ({ modelVersion }) => escapeTerminal(modelVersion) },
];

async function show(options: FormatOptions): Promise<void> {
  const found = await withConfiguredApi(options, (api) =>
    api.get<{ modelVersion: string | null; calibrations: ListedCalibration[] }>(path),
  );
  const { calibrations } = found;
  if (options.format === 'table' && calibrations.length === 0) process.stdout.write('No brand is calibrated.\n');
  else process.stdout.write(formatRows(options.format, calibrations, listColumns, found));
}

async function remove({ brand, scorer, ...options }: BrandOptions): Promise<void> {
  const query = new URLSearchParams({ brand, ...(scorer !== undefined && { model: scorer }) });
  const result = await withConfiguredApi(options, (api) => api.send<{ removed: boolean }>('DELETE', `${path}?${query}`));
  const sentence = result.removed ? `The calibration of ${nameOf(brand)} is removed.` : `${nameOf(brand)} has no calibration.`;
  process.stdout.write(options.format === 'json' ? `${printableJson(result)}\n` : `${sentence}\n`);
}
