import { type Command, Option } from 'commander';
import type { Breakdown, Bucket, Freshness, Grain, Segment, Summary, Timeline } from '../../domain/brand-metrics.ts';
import { grains } from '../../domain/brand-metrics.ts';
import { describeBasis } from '../../domain/calibration.ts';
import { hourMs } from '../../lib/duration.ts';
import type { Api } from '../api-client.ts';
import { type RangeOptions, withBrandOption, withConfiguredApi, withRangeOptions } from '../options.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import {
  formatChange,
  formatCount,
  formatGrowth,
  formatInterval,
  formatNetSentiment,
  formatPending,
  formatPercent,
  intervalColumns,
} from '../output/format.ts';
import { type Column, formatRows } from '../output/format-rows.ts';
import { downsample, sparkline } from '../output/sparkline.ts';

const segments = ['platform', 'language'] as const;

interface Options extends RangeOptions {
  readonly brand: string;
  readonly by?: Grain | (typeof segments)[number];
  readonly timeZone?: string;
}

interface Range {
  readonly from: string;
  readonly to: string;
}

type Row = Pick<Bucket, 'start'> & { readonly bucket: Bucket | null };

const examples = `
COUNTED = 100 · (positive − negative) / (positive + negative + neutral). NET is corrected for the errors of the model, as far
as they are known; \`feedpulse calibrate\` learns them from labeled posts. Intervals are 95% confidence intervals; * marks a
significant change against the previous period of equal length.

  $ feedpulse trends --brand Brixomel
  $ feedpulse trends --brand Brixomel --since now-90d --by week --time-zone Europe/Berlin
  $ feedpulse trends --brand Brixomel --since now-30d --by platform
  $ feedpulse trends --since 2026-11-01 --until 2026-12-01 --by day --format csv > november.csv
`;

export function defineTrendsCommand(command: Command): void {
  withRangeOptions(withBrandOption(command))
    .addOption(new Option('--by <grain>', 'bucket length, or platform or language').choices([...grains, ...segments]))
    .option('--time-zone <zone>', "IANA time zone of the buckets (default: the brand's)")
    .addHelpText('after', examples)
    .action((options: Options) =>
      withConfiguredApi(options, async (api, config) => {
        const { brand, by, since, until } = options;
        const summary = await api.get<Summary & Freshness & Range>('/api/v1/summary', { brand, from: since, to: until });
        if (by === 'platform' || by === 'language') return printSegments(api, options, by, summary);
        const timeZone = options.timeZone ?? config.brands.find(({ name }) => name === brand)?.timeZone ?? 'UTC';
        return printBuckets(api, options, { grain: by ?? chooseGrain(summary), timeZone, summary });
      }),
    );
}

/** The grain that yields a few dozen rows. */
function chooseGrain({ from, to }: Range): Grain {
  const hours = (Date.parse(to) - Date.parse(from)) / hourMs;
  if (hours <= 6) return '15m';
  if (hours <= 48) return 'hour';
  return hours <= 62 * 24 ? 'day' : 'week';
}

async function printBuckets(
  api: Api,
  { brand, format }: Options,
  { grain, timeZone, summary }: { grain: Grain; timeZone: string; summary: Summary & Range },
): Promise<void> {
  const { from, to } = summary;
  const trends = await api.get<Timeline>('/api/v1/trends', { brand, from, to, grain, timeZone });
  const rows = [
    ...trends.buckets.map((bucket): Row => ({ start: bucket.start, bucket })),
    ...trends.gaps.map((start): Row => ({ start, bucket: null })),
  ].sort((a, b) => (a.start < b.start ? -1 : 1));
  if (format === 'table') process.stdout.write(`${heading(brand, summary, `by ${grain}, ${timeZone}`)}\n${renderSparklines(rows)}\n`);
  process.stdout.write(formatRows(format, rows, createColumns(grain, timeZone), { ...trends, summary }));
  if (format !== 'json') process.stderr.write(formatPending(trends.pending));
}

function heading(brand: string, { from, to, current, previous, changes, calibration }: Summary & Range, grouping: string): string {
  const { volume, calibratedNetSentiment, intervals } = current;
  const comparison = previous ? `against the previous period: ` : 'No data for the previous period.';
  const change = previous
    ? `posts ${formatGrowth(changes?.volume, previous.volume)}, net ${formatChange(changes?.calibratedNetSentiment, ' points')}`
    : '';
  return [
    `${brand === '*' ? 'All posts' : escapeTerminal(brand)}, ${formatTime(from, 'UTC')} to ${formatTime(to, 'UTC')} (UTC), ${grouping}`,
    `${formatCount(volume)} posts, net sentiment ${formatNetSentiment(calibratedNetSentiment)} (${formatInterval(intervals.calibratedNetSentiment, 'net')}), ${describeBasis(calibration)}`,
    `${comparison}${change}`,
    '',
  ].join('\n');
}

const maxWidth = 72;

/** Volume and net sentiment as sparklines; gaps are blank. */
function renderSparklines(rows: readonly Row[]): string {
  const mean = (group: readonly number[]): number => group.reduce((sum, value) => sum + value, 0) / group.length;
  const sparklineOf = (select: (row: Row) => number | null): string => sparkline(downsample(rows.map(select), maxWidth, mean));
  const posts = sparklineOf(({ bucket }) => bucket?.volume ?? null);
  const net = sparklineOf(({ bucket }) => bucket?.calibratedNetSentiment ?? null);
  return `posts  ${posts}\nnet    ${net}\n`;
}

function formatTime(iso: string, timeZone: string, grain: Grain = 'minute'): string {
  const local = new Date(iso).toLocaleString('sv-SE', { timeZone }).slice(0, 16);
  return grain === 'day' || grain === 'week' || grain === 'month' ? local.slice(0, 10) : local;
}

function createColumns(grain: Grain, timeZone: string): readonly Column<Row>[] {
  const countColumn = (name: 'volume' | 'negative' | 'neutral' | 'positive' | 'unscored', title: string): Column<Row> => ({
    title,
    name,
    value: ({ bucket }) => bucket?.[name] ?? null,
    show: ({ bucket }) => (bucket ? formatCount(bucket[name]) : '–'),
  });
  return [
    { title: `FROM (${timeZone})`, name: 'start', value: ({ start }) => start, show: ({ start }) => formatTime(start, timeZone, grain) },
    countColumn('volume', 'POSTS'),
    {
      title: 'NET',
      name: 'calibratedNetSentiment',
      value: ({ bucket }) => bucket?.calibratedNetSentiment ?? null,
      show: ({ bucket }) => (bucket ? formatNetSentiment(bucket.calibratedNetSentiment) : 'gap'),
    },
    ...intervalColumns<Row>('calibratedNetSentiment', 'net', ({ bucket }) => bucket?.intervals.calibratedNetSentiment ?? null),
    {
      title: 'COUNTED',
      name: 'netSentiment',
      value: ({ bucket }) => bucket?.netSentiment ?? null,
      show: ({ bucket }) => formatNetSentiment(bucket?.netSentiment ?? null),
    },
    countColumn('negative', 'NEGATIVE'),
    countColumn('neutral', 'NEUTRAL'),
    countColumn('positive', 'POSITIVE'),
    countColumn('unscored', 'UNSCORED'),
  ];
}

async function printSegments(
  api: Api,
  { brand, format }: Options,
  by: (typeof segments)[number],
  summary: Summary & Freshness & Range,
): Promise<void> {
  const { from, to } = summary;
  const found = await api.get<Breakdown>('/api/v1/breakdown', { brand, from, to });
  const rows = by === 'platform' ? found.platforms : found.languages;
  if (format === 'table') process.stdout.write(`${heading(brand, summary, `by ${by}`)}\n`);
  process.stdout.write(formatRows(format, rows, createSegmentColumns(by), found));
  if (format !== 'json') process.stderr.write(formatPending(summary.pending));
}

const createSegmentColumns = (by: (typeof segments)[number]): readonly Column<Segment>[] => [
  { title: by.toUpperCase(), name: 'name', value: ({ name }) => escapeTerminal(name) },
  { title: 'POSTS', name: 'volume', value: ({ volume }) => volume, show: ({ volume }) => formatCount(volume) },
  { title: 'SHARE', name: 'share', value: ({ share }) => share, show: ({ share }) => formatPercent(share) },
  {
    title: 'NET',
    name: 'calibratedNetSentiment',
    value: ({ calibratedNetSentiment }) => calibratedNetSentiment,
    show: ({ calibratedNetSentiment }) => formatNetSentiment(calibratedNetSentiment),
  },
  ...intervalColumns<Segment>('calibratedNetSentiment', 'net', ({ intervals }) => intervals.calibratedNetSentiment),
  {
    title: 'COUNTED',
    name: 'netSentiment',
    value: ({ netSentiment }) => netSentiment,
    show: ({ netSentiment }) => formatNetSentiment(netSentiment),
  },
  { title: 'NEGATIVE', name: 'negative', value: ({ negative }) => negative },
  { title: 'NEUTRAL', name: 'neutral', value: ({ neutral }) => neutral },
  { title: 'POSITIVE', name: 'positive', value: ({ positive }) => positive },
  { title: 'UNSCORED', name: 'unscored', value: ({ unscored }) => unscored },
];
