import { Command } from 'commander';
import { carryOut, type RangeOptions, withRange } from '../mutation-options.ts';
import { withSharedOptions } from '../options.ts';
import { followJob } from '../wait-for-job.ts';

export function rematchCommand(): Command {
  return withRange(withSharedOptions(new Command('rematch')))
    .description('apply the brand rules of the config to stored posts; `run` must have been started with them')
    .action((options: RangeOptions) => {
      const { since, until } = options;
      return carryOut(
        options,
        (api) => followJob(api, 'Matching, minutes', '/api/v1/rematch', { since, until }),
        ({ changed = 0 }) => `${changed} posts have been matched anew; the figures follow.`,
      );
    });
}
