import { Command } from 'commander';
import { waitForJob } from '../api-client.ts';
import { type RangeOptions, runMutation, withRange, withResultFormat } from '../options.ts';
import { formatPosts } from '../output/format.ts';

export function defineBrandsCommand(command: Command): void {
  command.addCommand(
    withResultFormat(withRange(new Command('reapply')))
      .description('re-match stored posts against the configured brands; a running process uses the config it started with')
      .addHelpText('after', '\n  $ feedpulse brands reapply --since now-30d --config feedpulse.yaml\n')
      .action((options: RangeOptions) => {
        const { since, until } = options;
        return runMutation(
          options,
          (api) => waitForJob(api, 'Matching, minutes', '/api/v1/brands/reapply', { from: since, to: until }),
          ({ changed = 0 }) => `Brands of ${formatPosts(changed)} updated; rollups are updated within seconds.`,
        );
      }),
  );
}
