import { Command } from 'commander';
import { type RangeOptions, runRangeJob, withRange, withResultFormat } from '../options.ts';
import { formatPosts } from '../output/format.ts';

export function defineBrandsCommand(command: Command): void {
  command.addCommand(
    withResultFormat(withRange(new Command('reapply')))
      .description('re-match stored posts against the configured brands; a running process uses the config it started with')
      .addHelpText('after', '\n  $ feedpulse brands reapply --since now-30d --config feedpulse.yaml\n')
      .action((options: RangeOptions) =>
        runRangeJob(
          options,
          { path: '/api/v1/brands/reapply', title: 'Matching, minutes' },
          (changed) => `Brands of ${formatPosts(changed)} updated; rollups are updated within seconds.`,
        ),
      ),
  );
}
