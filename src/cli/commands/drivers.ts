import type { Command } from 'commander';
import type { Driver, Drivers } from '../../analytics/drivers/drivers.ts';
import { type PostQueryOptions, queryPosts, withPostQueryOptions } from '../options.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { formatCount, formatPercent } from '../output/format.ts';
import { type Column, formatRows, toSingleLine } from '../output/format-rows.ts';

type Row = Driver & { readonly label: 'negative' | 'positive' };

const examples = `
A term counts once per post, and near-duplicate posts count once. Z is the log-odds of a term in the posts of its label
against the others, with an informative Dirichlet prior, in standard deviations.

  $ feedpulse drivers --brand Brixomel --since now-7d
  $ feedpulse drivers --brand Brixomel --since now-7d --format csv > drivers.csv
`;

export function defineDriversCommand(command: Command): void {
  withPostQueryOptions(command)
    .option('--limit <number>', 'terms per label, at most 100', '10')
    .addHelpText('after', examples)
    .action(async (options: PostQueryOptions & { readonly limit: string }) => {
      const found = await queryPosts<Drivers>('/api/v1/drivers', options, { limit: options.limit });
      const rows = (['negative', 'positive'] as const).flatMap((label) => found[label].map((driver): Row => ({ label, ...driver })));
      process.stdout.write(formatRows(options.format, rows, columns, found));
      if (options.format === 'table') process.stderr.write(`${formatFooter(found)}\n`);
    });
}

const firstExample = ({ examples: [first] }: Row): string => first?.text ?? '';

const columns: readonly Column<Row>[] = [
  { title: 'LABEL', name: 'label', value: ({ label }) => label },
  { title: 'TERM', name: 'term', value: ({ term }) => term },
  { title: 'KIND', name: 'kind', value: ({ kind }) => kind },
  { title: 'Z', name: 'z', value: ({ z }) => z, show: ({ z }) => z.toFixed(1) },
  { title: 'POSTS', name: 'posts', value: ({ posts }) => posts },
  { title: 'WITH DUPLICATES', name: 'postsWithDuplicates', value: ({ postsWithDuplicates }) => postsWithDuplicates },
  { title: 'SHARE', name: 'share', value: ({ share }) => share, show: ({ share }) => formatPercent(share) },
  {
    title: 'NET',
    name: 'netSentiment',
    value: ({ netSentiment }) => netSentiment,
    show: ({ netSentiment }) => netSentiment?.toFixed(0) ?? '–',
  },
  {
    title: 'EXAMPLE',
    name: 'example',
    value: (row) => escapeTerminal(toSingleLine(firstExample(row))),
    show: (row) => toSingleLine(firstExample(row), 60),
  },
];

function formatFooter({ posts, sampled, distinct }: Drivers): string {
  const read = sampled < posts ? `, ${formatCount(sampled)} of them sampled` : '';
  return `${formatCount(posts)} scored posts${read}, ${formatCount(distinct)} after removing near-duplicates.`;
}
