import { Command } from 'commander';
import { FeedpulseError } from '../../lib/errors.ts';
import { runMutation, type UpkeepOptions } from '../mutation-options.ts';
import { withSharedOptions } from '../options.ts';
import { waitForJob } from '../wait-for-job.ts';

const path = '/api/v1/erasures';

interface Options extends UpkeepOptions {
  readonly post?: string;
  readonly author?: string;
  readonly yes?: boolean;
}

const help = `
Posts leave every table and figure, and do not come back with a feed that is read again; of an author,
later posts are not stored either. Without --yes it only counts. What stays in Kafka and in the dead
letters is told in docs/operations.md.
`;

export function eraseCommand(): Command {
  return withSharedOptions(new Command('erase'))
    .description('remove a post, or all posts of an author, for good')
    .option('--post <platform:id>', 'a post')
    .option('--author <platform:id>', 'an author, by the id that the platform gave')
    .option('--yes', 'do it: there is no way back')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', help)
    .action((options: Options) => {
      const doomed = doomedOf(options);
      if (!options.yes)
        return runMutation(
          options,
          (api) => api.send<{ posts: number }>('POST', path, { ...doomed, dryRun: true }),
          ({ posts }) => `${posts} posts would be erased for good. Say --yes to do it.`,
        );
      return runMutation(
        options,
        (api) => waitForJob(api, 'Erasing, posts', path, doomed),
        ({ changed = 0 }) => `${changed} posts have been erased; the figures follow.`,
      );
    });
}

function doomedOf({ post, author }: Options): { kind: 'post' | 'author'; platform: string; id: string } {
  const given = post ?? author ?? '';
  // A platform holds no colon here; an id may.
  const [, platform, id] = /^([^:]+):(.+)$/s.exec(given) ?? [];
  if ((post === undefined) === (author === undefined) || platform === undefined || id === undefined)
    throw new FeedpulseError('USAGE', 'expected one of --post platform:id and --author platform:id.');
  return { kind: post === undefined ? 'author' : 'post', platform, id };
}
