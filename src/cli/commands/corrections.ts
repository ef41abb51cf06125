import { Command, Option } from 'commander';
import { labels, storedLabels } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { type FormatOptions, type RangeOptions, runMutation, withFormat, withRange, withSharedOptions } from '../options.ts';
import { formatPosts } from '../output/format.ts';

const path = '/api/v1/corrections';

interface Options extends RangeOptions {
  readonly as?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly brand?: string;
  readonly platform?: string;
  readonly lang?: string;
  readonly label?: string;
  readonly text?: string;
}

const addHelp = `
Give the platform and ID of one post with its label, or a filter with --as. A filter requires --since; without --yes,
matching posts are only counted. The model's label is stored alongside.

  $ feedpulse corrections add chirper 8812 negative --reason irony
  $ feedpulse corrections add --since now-7d --brand Brixomel --text sick --as positive
  $ feedpulse corrections add --since now-7d --brand Brixomel --text sick --as positive --yes
`;

const removeHelp = `
  $ feedpulse corrections remove chirper 8812
  $ feedpulse corrections remove --since now-7d --brand Brixomel --yes
`;

export function defineCorrectionsCommand(command: Command): void {
  command.addCommand(
    withFilter(new Command('add'))
      .description('set the label of one post, or of all posts that match a filter')
      .argument('[label]', `the correct label: ${labels.join(', ')}`)
      .addOption(new Option('--as <label>', 'the correct label of the posts that match a filter').choices(labels))
      .option('--reason <text>', 'stored with the correction')
      .addHelpText('after', addHelp)
      .action((platform: string | undefined, id: string | undefined, labelArgument: string | undefined, options: Options) => {
        const label = labelArgument ?? options.as;
        if (label === undefined) throw new FeedpulseError('USAGE', 'Expected a label.');
        return correct(platform, id, label, options);
      }),
  );
  command.addCommand(
    withFilter(new Command('remove'))
      .description("restore the model's label for one post, or for all posts that match a filter")
      .addHelpText('after', removeHelp)
      .action((platform: string | undefined, id: string | undefined, options: Options) => correct(platform, id, null, options)),
  );
}

function withFilter(command: Command): Command {
  return withFormat(withRange(withSharedOptions(command)), ['table', 'json'])
    .argument('[platform]', 'platform of one post')
    .argument('[id]', 'ID of one post')
    .option('--brand <name>', 'posts that mention this brand')
    .option('--platform <name>', 'posts on this platform')
    .option('--lang <code>', 'posts in this language')
    .addOption(new Option('--label <label>', 'posts with this label, corrections included').choices(storedLabels))
    .option('--text <text>', 'posts that contain this text (case-insensitive)')
    .option('--yes', 'change the matching posts; without it they are only counted');
}

/** `label` null removes the correction. */
function correct(platform: string | undefined, id: string | undefined, label: string | null, options: Options): Promise<void> {
  const body = toRequest(platform, id, label, options);
  return runMutation(
    options as FormatOptions,
    (api) => api.send<{ posts: number }>('POST', path, body),
    ({ posts }) => describeResult(posts, body.dryRun, label === null),
  );
}

function describeResult(posts: number, isDryRun: boolean, isRemoval: boolean): string {
  const counted = formatPosts(posts);
  if (isDryRun) return `${counted} would be ${isRemoval ? "restored to the model's label" : 'corrected'}. Add --yes to apply.`;
  if (posts === 0) return isRemoval ? 'No matching post has a correction.' : 'No matching post.';
  return `${counted} ${isRemoval ? "restored to the model's label" : 'corrected'}; rollups are updated within seconds.`;
}

function toRequest(platform: string | undefined, id: string | undefined, label: string | null, options: Options) {
  const { yes, reason } = options;
  const correction = { label, ...(reason !== undefined && { reason }) };
  const filter = toFilter(options);
  if (platform === undefined && filter) return { ...correction, filter, dryRun: yes !== true };
  if (platform === undefined || id === undefined || filter)
    throw new FeedpulseError('USAGE', 'Expected the platform and ID of one post, or a filter with --since.');
  return { ...correction, post: { platform, id }, dryRun: false };
}

function toFilter({ since, until, brand, platform, lang, label, text }: Options): object | undefined {
  const filter = Object.entries({ from: since, to: until, brand, platform, lang, label, text }).filter(([, value]) => value !== undefined);
  return filter.length > 0 ? Object.fromEntries(filter) : undefined;
}
