import type { Command } from 'commander';
import type { BrandSummary, Comparison, Timeline } from '../../domain/brand-metrics.ts';
import { describeBasis } from '../../domain/calibration.ts';
import type { Api } from '../api-client.ts';
import { type RangeOptions, withConfiguredApi, withRangeOptions } from '../options.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import {
  formatChange,
  formatCount,
  formatGrowth,
  formatMinute,
  formatNetSentiment,
  formatPending,
  formatPercent,
  intervalColumns,
} from '../output/format.ts';
import { type Column, formatRows } from '../output/format-rows.ts';
import { downsample, sparkline } from '../output/sparkline.ts';

interface Options extends RangeOptions {
  readonly brand?: readonly string[];
}

type ShareOfVoiceResponse = Comparison & { readonly from: string; readonly to: string };
type Row = BrandSummary & { readonly volumeSparkline: string };

const examples = `
A post that names two brands counts once for each. Intervals are 95% confidence intervals; * marks a significant change
against the previous period of equal length.

  $ feedpulse compare
  $ feedpulse compare --brand Brixomel Kestrivo --since now-30d
  $ feedpulse compare --since now-7d --format csv > brands.csv
`;

export function defineCompareCommand(command: Command): void {
  withRangeOptions(command)
    .option('--brand <name...>', 'brands to compare (default: all configured brands)')
    .addHelpText('after', examples)
    .action((options: Options) =>
      withConfiguredApi(options, async (api) => {
        const { brand, since, until, format } = options;
        const found = await api.get<ShareOfVoiceResponse>('/api/v1/share-of-voice', { brands: brand, from: since, to: until });
        const rows: Row[] = [];
        for (const summary of found.brands)
          rows.push({ ...summary, volumeSparkline: format === 'table' ? await readVolumeSparkline(api, summary.brand, found) : '' });
        process.stdout.write(formatRows(format, rows, columns, found));
        if (format === 'table') process.stderr.write(`${formatFooter(found)}\n`);
        if (format !== 'json') process.stderr.write(formatPending(found.pending));
      }),
    );
}

const sparklineWidth = 24;

/** A brand's volume over the range, as a sparkline. */
async function readVolumeSparkline(api: Api, brand: string, { from, to }: ShareOfVoiceResponse): Promise<string> {
  const { buckets, gaps } = await api.get<Timeline>('/api/v1/trends', { brand, from, to });
  const volumes = [...buckets.map(({ start, volume }) => ({ start, volume })), ...gaps.map((start) => ({ start, volume: null }))]
    .sort((a, b) => (a.start < b.start ? -1 : 1))
    .map(({ volume }) => volume);
  return sparkline(downsample(volumes, sparklineWidth, (group) => group.reduce((sum, value) => sum + value, 0)));
}

const columns: readonly Column<Row>[] = [
  { title: 'BRAND', name: 'brand', value: ({ brand }) => escapeTerminal(brand) },
  { title: 'POSTS', name: 'volume', value: ({ current }) => current.volume, show: ({ current }) => formatCount(current.volume) },
  {
    title: 'CHANGE',
    name: 'volumeChange',
    value: ({ changes }) => changes?.volume?.difference ?? null,
    show: ({ changes, previous }) => formatGrowth(changes?.volume, previous?.volume ?? 0),
  },
  { title: 'TREND', name: '', omitIn: 'csv', value: ({ volumeSparkline }) => volumeSparkline },
  {
    title: 'SHARE OF VOICE',
    name: 'shareOfVoice',
    value: ({ current }) => current.shareOfVoice,
    show: ({ current }) => formatPercent(current.shareOfVoice),
  },
  ...intervalColumns<Row>('shareOfVoice', 'share', ({ current }) => current.intervals.shareOfVoice),
  {
    title: 'NET',
    name: 'calibratedNetSentiment',
    value: ({ current }) => current.calibratedNetSentiment,
    show: ({ current }) => formatNetSentiment(current.calibratedNetSentiment),
  },
  ...intervalColumns<Row>('calibratedNetSentiment', 'net', ({ current }) => current.intervals.calibratedNetSentiment),
  {
    title: 'NET CHANGE',
    name: 'calibratedNetSentimentChange',
    value: ({ changes }) => changes?.calibratedNetSentiment?.difference ?? null,
    show: ({ changes }) => formatChange(changes?.calibratedNetSentiment),
  },
  {
    title: 'COUNTED',
    name: 'netSentiment',
    value: ({ current }) => current.netSentiment,
    show: ({ current }) => formatNetSentiment(current.netSentiment),
  },
  {
    title: 'BASIS',
    name: 'calibration',
    value: ({ calibration }) => calibration.basis,
    show: ({ calibration }) => describeBasis(calibration),
  },
  {
    title: 'NEGATIVE',
    name: 'negativeShare',
    value: ({ current }) => current.negativeShare,
    show: ({ current }) => formatPercent(current.negativeShare),
  },
  {
    title: 'POSITIVE',
    name: 'positiveShare',
    value: ({ current }) => current.positiveShare,
    show: ({ current }) => formatPercent(current.positiveShare),
  },
];

function formatFooter({ from, to, mentions, brands }: ShareOfVoiceResponse): string {
  const history = brands.some(({ previous }) => previous === null) ? 'No data for the previous period.' : '';
  return `${formatCount(mentions)} mentions from ${formatMinute(from)} to ${formatMinute(to)} UTC. ${history}`.trim();
}
