import { Command, Option } from 'commander';
import { labels, storedLabels } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { runMutation, type UpkeepOptions } from '../mutation-options.ts';
import { withSharedOptions } from '../options.ts';

const path = '/api/v1/corrections';

interface Options extends UpkeepOptions {
  readonly as?: string;
  readonly undo?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly brand?: string;
  readonly platform?: string;
  readonly lang?: string;
  readonly label?: string;
  readonly text?: string;
}

const examples = `
  $ feedpulse relabel chirper 8812 negative --reason "irony"
  $ feedpulse relabel chirper 8812 --undo
  $ feedpulse relabel --from now-7d --brand Brixomel --text sick --as positive          how many it would be
  $ feedpulse relabel --from now-7d --brand Brixomel --text sick --as positive --yes
`;

export function relabelCommand(): Command {
  return withSharedOptions(new Command('relabel'))
    .description('correct the label of posts; the label of the model is kept beside it')
    .argument('[platform]', 'of one post')
    .argument('[id]', 'of one post')
    .argument('[label]', `what it says in truth: ${labels.join(', ')}`)
    .addOption(new Option('--as <label>', 'what the posts of a filter say in truth').choices(labels))
    .option('--undo', 'take the correction back')
    .option('--reason <text>', 'why, for those who look at it later')
    .option('--from <time>', 'posts created from then on: ISO 8601, or relative (now-7d)')
    .option('--to <time>', 'and before then (default: now)')
    .option('--brand <name>', 'that mention a brand')
    .option('--platform <name>', 'of a platform')
    .option('--lang <code>', 'in a language')
    .addOption(new Option('--label <label>', 'that count as this now').choices(storedLabels))
    .option('--text <text>', 'that hold this, in any case')
    .option('--yes', 'correct what the filter finds; without it they are only counted')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', examples)
    .action((platform: string | undefined, id: string | undefined, label: string | undefined, options: Options) => {
      const body = bodyOf(platform, id, label, options);
      return runMutation(
        options,
        (api) => api.send<{ posts: number }>('POST', path, body),
        ({ posts }) => sentence(posts, body.dryRun, options.undo),
      );
    });
}

function sentence(posts: number, dryRun: boolean, undo = false): string {
  if (dryRun) return `${posts} posts would be ${undo ? 'as the model says again' : 'corrected'}. Say --yes to do it.`;
  if (posts === 0) return undo ? 'No such post has a correction.' : 'There is no such post.';
  return `${posts} ${posts === 1 ? 'post is' : 'posts are'} ${undo ? 'as the model says again' : 'corrected'}; the figures follow.`;
}

function bodyOf(platform: string | undefined, id: string | undefined, given: string | undefined, options: Options) {
  const { undo, yes, reason } = options;
  const label = given ?? options.as;
  if (undo ? label !== undefined : label === undefined) throw new FeedpulseError('USAGE', 'expected a label, or --undo.');
  const said = { label: label ?? null, ...(reason !== undefined && { reason }) };
  const filter = filterOf(options);
  if (platform === undefined && filter) return { ...said, filter, dryRun: yes !== true };
  if (platform === undefined || id === undefined || filter)
    throw new FeedpulseError('USAGE', 'expected the platform and id of one post, or a filter that begins with --from.');
  return { ...said, post: { platform, id }, dryRun: false };
}

function filterOf({ from, to, brand, platform, lang, label, text }: Options): object | undefined {
  const filter = Object.fromEntries(
    Object.entries({ from, to, brand, platform, lang, label, text }).filter(([, value]) => value !== undefined),
  );
  return Object.keys(filter).length > 0 ? filter : undefined;
}
