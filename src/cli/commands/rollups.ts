import { Command } from 'commander';
import { type RangeOptions, runMutation, withRange } from '../mutation-options.ts';
import { withSharedOptions } from '../options.ts';
import { waitForJob } from '../wait-for-job.ts';

export function rollupsCommand(): Command {
  return new Command('rollups').description('the figures that are computed from the posts').addCommand(rebuildCommand().exitOverride());
}

function rebuildCommand(): Command {
  return withRange(withSharedOptions(new Command('rebuild')))
    .description('compute the figures of a range anew, as far back as posts are kept, and wait for that')
    .action((options: RangeOptions) => {
      const { since, until } = options;
      return runMutation(
        options,
        (api) => waitForJob(api, 'Computing, minutes', '/api/v1/rollups/rebuild', { since, until }),
        ({ changed = 0 }) => `The figures of ${changed} minutes have been computed anew.`,
      );
    });
}
