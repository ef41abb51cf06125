import { type Command, Option } from 'commander';
import { storedLabels } from '../../domain/post.ts';
import type { StoredPost } from '../../sink/queries/posts.ts';
import { type PostQueryOptions, queryPosts, withPostQueryOptions } from '../options.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { formatMinute } from '../output/format.ts';
import { type Column, formatRows, toSingleLine } from '../output/format-rows.ts';

interface Options extends PostQueryOptions {
  readonly label?: string;
  readonly author?: string;
  readonly minConfidence?: string;
  readonly maxConfidence?: string;
  readonly text?: string;
  readonly official: string;
  readonly sort: string;
  readonly limit: string;
  readonly before?: string;
}

interface Page {
  readonly posts: readonly StoredPost[];
  readonly next: string | null;
}

const examples = `
  $ feedpulse posts --brand Brixomel --since now-1d --label negative
  $ feedpulse posts --brand Brixomel --text '(refund OR "money back") -app'
  $ feedpulse posts --brand Brixomel --since now-7d --sort engagement --format csv > posts.csv
`;

export function definePostsCommand(command: Command): void {
  withPostQueryOptions(command)
    .addOption(new Option('--label <label>', 'only this label').choices(storedLabels))
    .option('--author <author>', 'only this author: an ID, or a handle with or without @')
    .option('--min-confidence <share>', 'minimum confidence, 0 to 1')
    .option('--max-confidence <share>', 'maximum confidence, 0 to 1')
    .option('--text <query>', 'words in any inflection, "phrases", prefix*, OR, -word, parentheses; ignores case and accents')
    .addOption(
      new Option('--official <which>', "posts by the brands' own accounts").choices(['include', 'exclude', 'only']).default('include'),
    )
    .addOption(
      new Option(
        '--sort <order>',
        'newest first, or highest impact (confidence × reach), reach (followers), confidence or engagement first',
      )
        .choices(['time', 'impact', 'reach', 'confidence', 'engagement'])
        .default('time'),
    )
    .option('--limit <number>', 'maximum number of posts, at most 1000', '50')
    .option('--before <cursor>', 'cursor of the next page, printed by the previous call')
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const { label, author, minConfidence, maxConfidence, text, official, sort, limit, before } = options;
      const query = { label, author, minConfidence, maxConfidence, text, official, sort, limit, before };
      const page = await queryPosts<Page>('/api/v1/posts', options, query);
      process.stdout.write(formatRows(options.format, page.posts, withStarsIfAny(page.posts), page));
      if (page.next !== null && options.format !== 'json') process.stderr.write(`More posts: --before ${page.next}\n`);
    });
}

const totalEngagement = ({ engagement: { likes, reposts, replies } }: StoredPost): number => likes + reposts + replies;
const formatAuthor = ({ author }: StoredPost): string => author?.handle || author?.id || '';

const columns: readonly Column<StoredPost>[] = [
  {
    title: 'TIME (UTC)',
    name: 'createdAt',
    value: ({ createdAt }) => createdAt,
    show: ({ createdAt }) => formatMinute(createdAt),
  },
  { title: 'PLATFORM', name: 'platform', value: ({ platform }) => platform },
  { title: 'ID', name: 'id', value: ({ id }) => id },
  { title: 'AUTHOR', name: 'author', value: formatAuthor },
  { title: 'LANG', name: 'lang', value: ({ lang }) => lang },
  { title: 'LABEL', name: 'label', value: ({ label }) => label },
  { title: 'CONF', name: 'confidence', value: ({ confidence }) => confidence, show: ({ confidence }) => confidence.toFixed(2) },
  { title: 'STARS', name: 'rating', value: ({ rating }) => rating ?? null },
  { title: 'ENGAGEMENT', name: 'engagement', value: totalEngagement },
  { title: 'TEXT', name: 'text', value: ({ text }) => escapeTerminal(toSingleLine(text)), show: ({ text }) => toSingleLine(text, 80) },
];

/** A table has no room for a column that is empty for all but reviews. */
function withStarsIfAny(posts: readonly StoredPost[]): readonly Column<StoredPost>[] {
  if (posts.some(({ rating }) => rating !== undefined)) return columns;
  return columns.map((column) => (column.name === 'rating' ? { ...column, omitIn: 'table' } : column));
}
