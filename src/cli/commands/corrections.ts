import { Command, Option } from 'commander';
import { labels, storedLabels } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { type FormatOptions, type RangeOptions, runMutation, withFormat, withRange, withSharedOptions } from '../options.ts';

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
Give the platform and id of one post with its label, or a filter with --as. A filter needs --since; without --yes the
posts that it matches are only counted. The model's own label is kept beside the correction.

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
      .description('set the label of one post, or of all posts that a filter matches')
      .argument('[label]', `the correct label: ${labels.join(', ')}`)
      .addOption(new Option('--as <label>', 'the correct label of the posts that a filter matches').choices(labels))
      .option('--reason <text>', 'stored with the correction')
      .addHelpText('after', addHelp)
      .action((platform: string | undefined, id: string | undefined, given: string | undefined, options: Options) => {
        const label = given ?? options.as;
        if (label === undefined) throw new FeedpulseError('USAGE', 'expected a label.');
        return correct(platform, id, label, options);
      }),
  );
  command.addCommand(
    withFilter(new Command('remove'))
      .description('restore the label of the model for one post, or for all posts that a filter matches')
      .addHelpText('after', removeHelp)
      .action((platform: string | undefined, id: string | undefined, options: Options) => correct(platform, id, null, options)),
  );
}

function withFilter(command: Command): Command {
  return withFormat(withRange(withSharedOptions(command)), ['table', 'json'])
    .argument('[platform]', 'platform of one post')
    .argument('[id]', 'id of one post')
    .option('--brand <name>', 'posts that mention this brand')
    .option('--platform <name>', 'posts of this platform')
    .option('--lang <code>', 'posts in this language')
    .addOption(new Option('--label <label>', 'posts that count with this label now').choices(storedLabels))
    .option('--text <text>', 'posts that contain this text, in any case')
    .option('--yes', 'change the posts that the filter matches; without it they are only counted');
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
  const counted = `${posts} ${posts === 1 ? 'post' : 'posts'}`;
  if (isDryRun) return `${counted} would ${isRemoval ? 'get the label of the model back' : 'be corrected'}. Add --yes to do it.`;
  if (posts === 0) return isRemoval ? 'No such post has a correction.' : 'There is no such post.';
  return `${counted} ${isRemoval ? 'restored to the label of the model' : 'corrected'}; rollups follow within seconds.`;
}

function toRequest(platform: string | undefined, id: string | undefined, label: string | null, options: Options) {
  const { yes, reason } = options;
  const correction = { label, ...(reason !== undefined && { reason }) };
  const filter = toFilter(options);
  if (platform === undefined && filter) return { ...correction, filter, dryRun: yes !== true };
  if (platform === undefined || id === undefined || filter)
    throw new FeedpulseError('USAGE', 'expected the platform and id of one post, or a filter with --since.');
  return { ...correction, post: { platform, id }, dryRun: false };
}

function toFilter({ since, until, brand, platform, lang, label, text }: Options): object | undefined {
  const given = Object.entries({ from: since, to: until, brand, platform, lang, label, text }).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}
