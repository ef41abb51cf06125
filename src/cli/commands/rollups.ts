import { Command } from 'commander';
import { carryOut, type RangeOptions, withRange } from '../mutation-options.ts';
import { withSharedOptions } from '../options.ts';
import { followJob } from '../wait-for-job.ts';

export function rollupsCommand(): Command {
  return new Command('rollups').description('the figures that are computed from the posts').addCommand(rebuildCommand().exitOverride());
}

function rebuildCommand(): Command {
  return withRange(withSharedOptions(new Command('rebuild')))
    .description('compute the figures of a range anew, as far back as posts are kept, and wait for that')
    .action((options: RangeOptions) => {
      const { since, until } = options;
      return carryOut(
        options,
        (api) => followJob(api, 'Computing, minutes', '/api/v1/rollups/rebuild', { since, until }),
        ({ changed = 0 }) => `The figures of ${changed} minutes have been computed anew.`,
      );
    });
}
