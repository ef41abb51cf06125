import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ModelComparison, ModelVersion } from '../../domain/brand-metrics.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { type RangeOptions, runMutation, withRange } from '../mutation-options.ts';
import { type SharedOptions, withSharedOptions } from '../options.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { shownCount, shownNet, shownPoints, shownShare } from '../output/format-metrics.ts';
import { type Column, type Format, printRows } from '../output/print-table.ts';
import { type RangeOptions as QuestionRange, withBrandOption, withConfiguredApi, withRangeOptions } from '../query-options.ts';
import { waitForJob } from '../wait-for-job.ts';

const examples = `
Another model reads stored posts beside the feed; its scores count once they are activated, and those before are kept.

  $ feedpulse rescore start models/ours --since now-30d
  $ feedpulse rescore list
  $ feedpulse rescore compare ours@2 --brand Brixomel --since now-30d
  $ feedpulse rescore activate ours@2 --since now-30d                  how many posts it would be
  $ feedpulse rescore activate ours@2 --since now-30d --yes
`;

export function rescoreCommand(): Command {
  const command = new Command('rescore')
    .description('stored posts through another model: score, compare, activate')
    .addHelpText('after', examples);
  for (const create of [startCommand, listCommand, compareCommand, activateCommand]) command.addCommand(create().exitOverride());
  return command;
}

function startCommand(): Command {
  return withRange(withSharedOptions(new Command('start')))
    .description('score stored posts with another model, beside the scores that count; cut off, it goes on with the same command')
    .argument('<folder>', 'the model, on the machine of the process')
    .action((folder: string, options: RangeOptions) => {
      const { since, until } = options;
      return runMutation(
        options,
        (api) => waitForJob(api, 'Scoring, posts', '/api/v1/rescore', { model: resolve(folder), since, until }),
        ({ changed = 0 }) => `${shownCount(changed)} posts have been scored; \`feedpulse rescore list\` names the model.`,
      );
    });
}

function listCommand(): Command {
  return withFormat(withSharedOptions(new Command('list')))
    .description('models whose scores are stored, and for how many posts they count')
    .action((options: SharedOptions & { readonly format: Format }) =>
      withConfiguredApi(options, async (api) => {
        const models = await api.get<ModelVersion[]>('/api/v1/models');
        process.stdout.write(printRows(options.format, models, modelColumns));
      }),
    );
}

const withFormat = (command: Command): Command => command.option('--format <format>', 'table, json or csv', 'table');

const modelColumns: readonly Column<ModelVersion>[] = [
  { title: 'MODEL', name: 'version', value: ({ version }) => escapeTerminal(version) },
  { title: 'COUNTING', name: 'counting', value: ({ counting }) => counting, show: ({ counting }) => shownCount(counting) },
  { title: 'KEPT', name: 'kept', value: ({ kept }) => kept, show: ({ kept }) => shownCount(kept) },
  { title: 'FROM (UTC)', name: 'from', value: ({ from }) => from, show: ({ from }) => from.slice(0, 16) },
  { title: 'TO (UTC)', name: 'to', value: ({ to }) => to, show: ({ to }) => to.slice(0, 16) },
];

interface CompareOptions extends QuestionRange {
  readonly brand: string;
}

function compareCommand(): Command {
  return withRangeOptions(withBrandOption(new Command('compare')))
    .description('the figures with the scores that count and with those of a model, over the posts that have both')
    .argument('<model>', 'as `rescore list` names it')
    .action((version: string, options: CompareOptions) =>
      withConfiguredApi(options, async (api) => {
        const { brand, since, until, format } = options;
        const found = await api.get<ModelComparison>('/api/v1/models/compare', { version, brand, from: since, to: until });
        const rows = (['counting', 'other'] as const).map((side) => ({
          scores: side === 'other' ? version : 'those that count',
          ...found[side],
        }));
        process.stdout.write(printRows(format, rows, comparisonColumns, found));
        if (format === 'table') process.stdout.write(`\n${conclusion(found)}\n`);
      }),
    );
}

type ComparisonRow = ModelComparison['counting'] & { readonly scores: string };

const comparisonColumns: readonly Column<ComparisonRow>[] = [
  { title: 'SCORES', name: 'scores', value: ({ scores }) => escapeTerminal(scores) },
  { title: 'NET', name: 'netSentiment', value: ({ netSentiment }) => netSentiment, show: ({ netSentiment }) => shownNet(netSentiment) },
  { title: 'MEAN', name: 'meanScore', value: ({ meanScore }) => meanScore, show: ({ meanScore }) => meanScore?.toFixed(3) ?? '–' },
  ...(['negative', 'neutral', 'positive', 'unscored'] as const).map(
    (label): Column<ComparisonRow> => ({
      title: label.toUpperCase(),
      name: label,
      value: (row) => row[label],
      show: (row) => shownCount(row[label]),
    }),
  ),
];

function conclusion({ posts, agreement, labels, netDifference }: ModelComparison): string {
  if (posts === 0) return 'No post of this range has scores of both.';
  const moved = labels.filter(({ counting, other }) => counting !== other).slice(0, 6);
  return [
    `${shownCount(posts)} posts have scores of both; on ${shownShare(agreement)} they agree. Net sentiment ${shownPoints(netDifference, ' points')}.`,
    ...moved.map(({ counting, other, posts: count }) => `  ${counting} → ${other}: ${shownCount(count)}`),
  ].join('\n');
}

interface ActivateOptions extends RangeOptions {
  readonly yes?: boolean;
}

function activateCommand(): Command {
  return withRange(withSharedOptions(new Command('activate')))
    .description('let the scores of a model count; those before are kept, and can be activated in turn')
    .argument('<model>', 'as `rescore list` names it')
    .option('--yes', 'do it; without it posts are only counted')
    .action((version: string, options: ActivateOptions) => {
      const { since, until, yes } = options;
      const body = { version, since, until };
      const path = '/api/v1/models/activate';
      return runMutation(
        options,
        async (api) => {
          const { posts } = await api.send<{ posts: number }>('POST', path, { ...body, dryRun: true });
          if (posts === 0) throw new FeedpulseError('USAGE', `no post of this range has other scores of ${escapeTerminal(version)}`);
          if (!yes) return { posts, done: false };
          const { changed = 0 } = await waitForJob(api, 'Activating, minutes', path, body);
          return { posts: changed, done: true };
        },
        ({ posts, done }) =>
          done
            ? `${shownCount(posts)} posts count with ${escapeTerminal(version)} now; the figures follow.`
            : `${shownCount(posts)} posts would count with ${escapeTerminal(version)}. Say --yes to do it.`,
      );
    });
}
