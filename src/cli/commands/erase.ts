import type { Command } from 'commander';
import { FeedpulseError } from '../../lib/errors.ts';
import { waitForJob } from '../api-client.ts';
import { type FormatOptions, runMutation, withResultFormat } from '../options.ts';
import { formatPosts } from '../output/format.ts';

interface EraseOptions extends FormatOptions {
  readonly post?: string;
  readonly author?: string;
  readonly yes?: boolean;
}

const eraseHelp = `
Without --yes, posts are only counted. Erased posts are deleted from all tables and metrics and are not stored again when
the source is re-read; new posts by an erased author are dropped. Kafka and the dead letters still contain them: see
docs/maintenance.md.

  $ feedpulse erase --post chirper:8812
  $ feedpulse erase --author chirper:u7 --yes
`;

const erasures = '/api/v1/erasures';

export function defineEraseCommand(command: Command): void {
  withResultFormat(command)
    .option('--post <platform:id>', 'the post to erase')
    .option('--author <platform:id>', 'the author whose posts to erase, by the ID on the platform')
    .option('--yes', 'erase; this cannot be undone')
    .addHelpText('after', eraseHelp)
    .action((options: EraseOptions) => {
      const target = parseEraseTarget(options);
      if (!options.yes)
        return runMutation(
          options,
          (api) => api.send<{ posts: number }>('POST', erasures, { ...target, dryRun: true }),
          ({ posts }) => `${formatPosts(posts)} would be permanently erased. Add --yes to erase.`,
        );
      return runMutation(
        options,
        (api) => waitForJob(api, 'Erasing, posts', erasures, target),
        ({ changed = 0 }) => `${formatPosts(changed)} erased; rollups are updated within seconds.`,
      );
    });
}

function parseEraseTarget({ post, author }: EraseOptions): { kind: 'post' | 'author'; platform: string; id: string } {
  // An ID may contain a colon, a platform may not.
  const [, platform, id] = /^([^:]+):(.+)$/s.exec(post ?? author ?? '') ?? [];
  if ((post === undefined) === (author === undefined) || platform === undefined || id === undefined)
    throw new FeedpulseError('USAGE', 'Expected either --post platform:id or --author platform:id.');
  return { kind: post === undefined ? 'author' : 'post', platform, id };
}
