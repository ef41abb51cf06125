import { Command } from 'commander';
import { configFrom, type SharedOptions, withSharedOptions } from './options.ts';

const secretKeys = new Set(['password']);

export function checkConfigCommand(): Command {
  return withSharedOptions(new Command('check-config'))
    .description('check the settings, naming every problem at once')
    .option('--json', 'print the settings in force, secrets left out')
    .action((options: SharedOptions & { json?: boolean }) => {
      const config = configFrom(options);
      const shown = JSON.stringify(config, (key, value) => (secretKeys.has(key) ? '(set)' : value), 2);
      process.stdout.write(options.json ? `${shown}\n` : 'The settings are in order.\n');
    });
}
