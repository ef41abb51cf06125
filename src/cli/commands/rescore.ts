import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ModelComparison, ModelVersion } from '../../domain/brand-metrics.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { waitForJob } from '../api-client.ts';
import {
  type FormatOptions,
  type RangeOptions,
  runMutation,
  runRangeJob,
  withBrandOption,
  withConfiguredApi,
  withFormat,
  withRange,
  withRangeOptions,
  withResultFormat,
  withSharedOptions,
} from '../options.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { formatChange, formatCount, formatMinute, formatNetSentiment, formatPercent } from '../output/format.ts';
import { type Column, formatRows } from '../output/format-rows.ts';
import { withProgramName } from '../program-name.ts';

const examples = `
Another model scores stored posts in the background. Its scores stay inactive until you activate them; the previous
scores then become inactive and can be activated again.

  $ feedpulse rescore start models/ours --since now-30d
  $ feedpulse rescore list
  $ feedpulse rescore compare ours@2 --brand Brixomel --since now-30d
  $ feedpulse rescore activate ours@2 --since now-30d
  $ feedpulse rescore activate ours@2 --since now-30d --yes
`;

export function defineRescoreCommand(command: Command): void {
  command.addHelpText('after', examples);
  for (const create of [createStartCommand, createListCommand, createCompareCommand, createActivateCommand]) command.addCommand(create());
}

function createStartCommand(): Command {
  return withResultFormat(withRange(new Command('start')))
    .description('score stored posts with another model; if interrupted, the same command resumes')
    .argument('<dir>', 'model directory, on the machine that runs feedpulse')
    .option('--languages <list>', 'only posts in these languages (default: those that a configured model is used for)', (list) =>
      list.split(','),
    )
    .action((dir: string, { languages, ...options }: RangeOptions & { readonly languages?: string[] }) =>
      runRangeJob(options, { path: '/api/v1/rescore', title: 'Scoring, posts', body: { model: resolve(dir), languages } }, (changed) =>
        withProgramName(`${formatCount(changed)} posts scored; \`feedpulse rescore list\` shows the model.`),
      ),
    );
}

function createListCommand(): Command {
  return withFormat(withSharedOptions(new Command('list')))
    .description('list models with stored scores and their active and inactive posts')
    .action((options: FormatOptions) =>
      withConfiguredApi(options, async (api) => {
        const models = await api.get<ModelVersion[]>('/api/v1/models');
        process.stdout.write(formatRows(options.format, models, modelColumns));
      }),
    );
}

const modelColumns: readonly Column<ModelVersion>[] = [
  { title: 'MODEL', name: 'version', value: ({ version }) => escapeTerminal(version) },
  { title: 'ACTIVE', name: 'active', value: ({ active }) => active, show: ({ active }) => formatCount(active) },
  { title: 'INACTIVE', name: 'inactive', value: ({ inactive }) => inactive, show: ({ inactive }) => formatCount(inactive) },
  { title: 'FROM (UTC)', name: 'from', value: ({ from }) => from, show: ({ from }) => formatMinute(from) },
  { title: 'TO (UTC)', name: 'to', value: ({ to }) => to, show: ({ to }) => formatMinute(to) },
];

interface CompareOptions extends RangeOptions {
  readonly brand: string;
}

function createCompareCommand(): Command {
  return withRangeOptions(withBrandOption(new Command('compare')))
    .description("compare the active scores with a model's, over the posts scored by both")
    .argument('<model>', 'model version, as `rescore list` shows it')
    .action((version: string, options: CompareOptions) =>
      withConfiguredApi(options, async (api) => {
        const { brand, since, until, format } = options;
        const found = await api.get<ModelComparison>('/api/v1/models/compare', { version, brand, from: since, to: until });
        const rows = (['active', 'other'] as const).map((side) => ({
          scores: side === 'other' ? version : 'active',
          ...found[side],
        }));
        process.stdout.write(formatRows(format, rows, comparisonColumns, found));
        if (format === 'table') process.stdout.write(`\n${formatConclusion(found)}\n`);
      }),
    );
}

type ComparisonRow = ModelComparison['active'] & { readonly scores: string };

const comparisonColumns: readonly Column<ComparisonRow>[] = [
  { title: 'SCORES', name: 'scores', value: ({ scores }) => escapeTerminal(scores) },
  {
    title: 'NET',
    name: 'netSentiment',
    value: ({ netSentiment }) => netSentiment,
    show: ({ netSentiment }) => formatNetSentiment(netSentiment),
  },
  { title: 'MEAN', name: 'meanScore', value: ({ meanScore }) => meanScore, show: ({ meanScore }) => meanScore?.toFixed(3) ?? '–' },
  ...(['negative', 'neutral', 'positive', 'unscored'] as const).map(
    (label): Column<ComparisonRow> => ({
      title: label.toUpperCase(),
      name: label,
      value: (row) => row[label],
      show: (row) => formatCount(row[label]),
    }),
  ),
];

function formatConclusion({ posts, agreement, labels, netSentimentDifference }: ModelComparison): string {
  if (posts === 0) return 'No post in this range was scored by both models.';
  const changed = labels.filter(({ active, other }) => active !== other).slice(0, 6);
  return [
    `${formatCount(posts)} posts have both scores; labels agree on ${formatPercent(agreement)}. Net sentiment ${formatChange(netSentimentDifference, ' points')}.`,
    ...changed.map(({ active, other, posts: count }) => `  ${active} → ${other}: ${formatCount(count)}`),
  ].join('\n');
}

interface ActivateOptions extends RangeOptions {
  readonly yes?: boolean;
}

function createActivateCommand(): Command {
  return withResultFormat(withRange(new Command('activate')))
    .description("make a model's scores the active ones (reversible)")
    .argument('<model>', 'model version, as `rescore list` shows it')
    .option('--yes', 'activate; without it posts are only counted')
    .action((version: string, options: ActivateOptions) => {
      const { since, until, yes } = options;
      const body = { version, from: since, to: until };
      const path = '/api/v1/models/activate';
      return runMutation(
        options,
        async (api) => {
          const { posts } = await api.send<{ posts: number }>('POST', path, { ...body, dryRun: true });
          if (posts === 0)
            throw new FeedpulseError('USAGE', `No post in this range has an inactive score from ${escapeTerminal(version)}.`);
          if (!yes) return { posts, done: false };
          const { changed = 0 } = await waitForJob(api, 'Activating, minutes', path, body);
          return { posts: changed, done: true };
        },
        ({ posts, done }) =>
          done
            ? `${escapeTerminal(version)} is now active for ${formatCount(posts)} posts; rollups are updated within seconds.`
            : `${escapeTerminal(version)} would become active for ${formatCount(posts)} posts. Add --yes to activate.`,
      );
    });
}
