import { Command } from 'commander';
import type { AlertResponse, AlertsResponse } from '../../../server/routes/alerts/alert-schemas.ts';
import { type RangeOptions, withConfiguredApi, withRangeOptions } from '../../options.ts';
import { shownShare } from '../../output/format-metrics.ts';
import { type Column, printRows } from '../../output/print-table.ts';

interface Options extends RangeOptions {
  readonly brand?: string;
  readonly rule?: string;
  readonly open?: boolean;
  readonly limit: string;
}

export function alertsList(): Command {
  return withRangeOptions(new Command('list'))
    .description('alerts that were on in a range, the newest first, and what people think of the rules')
    .option('--brand <name>', 'of this brand only; * is the rules over all posts')
    .option('--rule <name>', 'of this rule only')
    .option('--open', 'those alone that are still on')
    .option('--limit <number>', 'how many, at most 1000', '100')
    .action(async (options: Options) => {
      const { brand, rule, open = false, limit, since, until, format } = options;
      const query = { from: since, to: until, brand, rule, open: String(open), limit };
      const found = await withConfiguredApi(options, (api) => api.get<AlertsResponse>('/api/v1/alerts', query));
      process.stdout.write(
        format === 'table' && found.alerts.length === 0 ? 'There are no alerts.\n' : printRows(format, found.alerts, columns, found),
      );
      if (format === 'table') process.stderr.write(notes(found));
    });
}

/** What happened, in a few words. */
export function toldShortly({ evaluation }: Pick<AlertResponse, 'evaluation'>): string {
  const { metric, direction, observed, expected } = evaluation;
  if (metric === 'noData') return 'the feed is silent';
  const name = { volume: 'volume', netSentiment: 'net sentiment', negativeVolume: 'negative posts' }[metric];
  return `${name} ${direction} to ${observed.toFixed(0)}, ${expected.toFixed(0)} expected`;
}

const columns: readonly Column<AlertResponse>[] = [
  { title: 'ALERT', name: 'id', value: ({ id }) => id },
  { title: 'BEGAN (UTC)', name: 'at', value: ({ at }) => at, show: ({ at }) => shownTime(at) },
  {
    title: 'ENDED',
    name: 'resolvedAt',
    value: ({ resolvedAt }) => resolvedAt,
    show: ({ resolvedAt }) => (resolvedAt ? shownTime(resolvedAt) : 'still on'),
  },
  { title: 'BRAND', name: 'brand', value: ({ brand }) => brand },
  { title: 'RULE', name: 'rule', value: ({ rule }) => rule },
  { title: 'WHAT', name: 'what', value: ({ evaluation }) => evaluation.metric, show: toldShortly },
  { title: 'Z', name: 'z', value: ({ evaluation }) => evaluation.z, show: ({ evaluation }) => evaluation.z.toFixed(1) },
  { title: 'POSTS', name: 'posts', value: ({ evaluation }) => evaluation.posts },
  { title: 'MARK', name: 'mark', value: ({ mark }) => mark, show: ({ mark, acked }) => mark ?? (acked ? 'acked' : '–') },
];

const shownTime = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

function notes({ rules, mutes }: AlertsResponse): string {
  const marked = rules.filter(({ noiseRate }) => noiseRate !== null);
  const rates = marked.map(({ rule, noiseRate, useful, noise }) => `${rule}: ${shownShare(noiseRate)} noise of ${useful + noise} marked\n`);
  const muted = mutes.map(
    ({ rule, brand, until }) => `muted until ${shownTime(until)}: ${rule ?? 'every rule'}, ${brand ?? 'every brand'}\n`,
  );
  return [...rates, ...muted].join('');
}
