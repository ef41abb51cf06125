import { Command } from 'commander';
import { FeedpulseError } from '../../lib/errors.ts';
import { waitForJob } from '../api-client.ts';
import { type FormatOptions, type RangeOptions, runMutation, withFormat, withRange, withSharedOptions } from '../options.ts';

const withResultFormat = (command: Command): Command => withFormat(withSharedOptions(command), ['table', 'json']);

export function defineBrandsCommand(command: Command): void {
  command.addCommand(
    withResultFormat(withRange(new Command('reapply')))
      .description('match stored posts against the brand rules of the config; a running process applies the rules it was started with')
      .addHelpText('after', '\n  $ feedpulse brands reapply --since now-30d --config feedpulse.yaml\n')
      .action((options: RangeOptions) => {
        const { since, until } = options;
        return runMutation(
          options,
          (api) => waitForJob(api, 'Matching, minutes', '/api/v1/brands/reapply', { from: since, to: until }),
          ({ changed = 0 }) => `Brands of ${changed} posts have changed; rollups follow within seconds.`,
        );
      }),
  );
}

export function defineRollupsCommand(command: Command): void {
  command.addCommand(
    withResultFormat(withRange(new Command('rebuild')))
      .description('recompute the rollups of a time range from the stored posts and wait for it')
      .addHelpText('after', '\n  $ feedpulse rollups rebuild --since now-7d\n')
      .action((options: RangeOptions) => {
        const { since, until } = options;
        return runMutation(
          options,
          (api) => waitForJob(api, 'Recomputing, minutes', '/api/v1/rollups/rebuild', { from: since, to: until }),
          ({ changed = 0 }) => `The rollups of ${changed} minutes have been recomputed.`,
        );
      }),
  );
}

interface EraseOptions extends FormatOptions {
  readonly post?: string;
  readonly author?: string;
  readonly yes?: boolean;
}

const eraseHelp = `
Without --yes, posts are only counted. Erased posts leave every table and figure, and stay out when the source is read
again; later posts of an erased author are not stored either. Kafka and the dead letters keep their copies: see
docs/maintenance.md.

  $ feedpulse erase --post chirper:8812
  $ feedpulse erase --author chirper:u7 --yes
`;

const erasures = '/api/v1/erasures';

export function defineEraseCommand(command: Command): void {
  withResultFormat(command)
    .option('--post <platform:id>', 'the post to erase')
    .option('--author <platform:id>', 'the author whose posts to erase, by the id on the platform')
    .option('--yes', 'erase; this cannot be undone')
    .addHelpText('after', eraseHelp)
    .action((options: EraseOptions) => {
      const target = parseEraseTarget(options);
      if (!options.yes)
        return runMutation(
          options,
          (api) => api.send<{ posts: number }>('POST', erasures, { ...target, dryRun: true }),
          ({ posts }) => `${countPosts(posts)} would be erased for good. Add --yes to erase.`,
        );
      return runMutation(
        options,
        (api) => waitForJob(api, 'Erasing, posts', erasures, target),
        ({ changed = 0 }) => `${countPosts(changed)} erased; rollups follow within seconds.`,
      );
    });
}

const countPosts = (count: number): string => `${count} ${count === 1 ? 'post' : 'posts'}`;

function parseEraseTarget({ post, author }: EraseOptions): { kind: 'post' | 'author'; platform: string; id: string } {
  // An id may contain a colon, a platform may not.
  const [, platform, id] = /^([^:]+):(.+)$/s.exec(post ?? author ?? '') ?? [];
  if ((post === undefined) === (author === undefined) || platform === undefined || id === undefined)
    throw new FeedpulseError('USAGE', 'expected either --post platform:id or --author platform:id.');
  return { kind: post === undefined ? 'author' : 'post', platform, id };
}
