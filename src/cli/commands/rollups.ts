import { Command } from 'commander';
import { waitForJob } from '../api-client.ts';
import { type RangeOptions, runMutation, withRange, withResultFormat } from '../options.ts';
import { formatCount } from '../output/format.ts';

export function defineRollupsCommand(command: Command): void {
  command.addCommand(
    withResultFormat(withRange(new Command('rebuild')))
      .description('recompute the rollups of a time range from the stored posts, and wait until done')
      .addHelpText('after', '\n  $ feedpulse rollups rebuild --since now-7d\n')
      .action((options: RangeOptions) => {
        const { since, until } = options;
        return runMutation(
          options,
          (api) => waitForJob(api, 'Recomputing, minutes', '/api/v1/rollups/rebuild', { from: since, to: until }),
          ({ changed = 0 }) => `Rollups of ${formatCount(changed)} minutes recomputed.`,
        );
      }),
  );
}
