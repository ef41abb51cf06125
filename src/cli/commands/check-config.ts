import { Command } from 'commander';
import { configFrom, type SharedOptions, withSharedOptions } from '../options.ts';

const secretKeys = new Set(['password']);

export function checkConfigCommand(): Command {
  return withSharedOptions(new Command('check-config'))
    .description('check the settings, naming every problem at once')
    .option('--json', 'print the settings in force, secrets left out')
    .action((options: SharedOptions & { json?: boolean }) => {
      const config = configFrom(options);
      const shown = JSON.stringify(config, withoutSecrets, 2);
      process.stdout.write(options.json ? `${shown}\n` : 'The settings are in order.\n');
    });
}

function withoutSecrets(key: string, value: unknown): unknown {
  if (secretKeys.has(key)) return '(set)';
  if (key === 'channels' && value instanceof Object && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, channel]) => [name, withoutPath(channel)]));
  return value;
}

/** Whoever knows the path of a webhook can post there. */
function withoutPath(value: unknown): unknown {
  return value instanceof Object && 'url' in value ? { ...value, url: new URL(String(value.url)).origin } : value;
}
