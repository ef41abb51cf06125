import { Command } from 'commander';
import { type RangeOptions, runMutation, withRange } from '../mutation-options.ts';
import { withSharedOptions } from '../options.ts';
import { waitForJob } from '../wait-for-job.ts';

export function rematchCommand(): Command {
  return withRange(withSharedOptions(new Command('rematch')))
    .description('apply the brand rules of the config to stored posts; `run` must have been started with them')
    .action((options: RangeOptions) => {
      const { since, until } = options;
      return runMutation(
        options,
        (api) => waitForJob(api, 'Matching, minutes', '/api/v1/brands/reapply', { since, until }),
        ({ changed = 0 }) => `${changed} posts have been matched anew; the figures follow.`,
      );
    });
}
