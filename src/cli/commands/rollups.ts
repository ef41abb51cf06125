import { Command } from 'commander';
import { type RangeOptions, runRangeJob, withRange, withResultFormat } from '../options.ts';
import { formatCount } from '../output/format.ts';

export function defineRollupsCommand(command: Command): void {
  command.addCommand(
    withResultFormat(withRange(new Command('rebuild')))
      .description('recompute the rollups of a time range from the stored posts, and wait until done')
      .addHelpText('after', '\n  $ feedpulse rollups rebuild --since now-7d\n')
      .action((options: RangeOptions) =>
        runRangeJob(
          options,
          { path: '/api/v1/rollups/rebuild', title: 'Recomputing, minutes' },
          (changed) => `Rollups of ${formatCount(changed)} minutes recomputed.`,
        ),
      ),
  );
}
