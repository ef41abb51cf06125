import { Command } from 'commander';
import { requireSource } from '../../config/load-config.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../options.ts';

const secretKeys = new Set(['password']);

export function checkConfigCommand(): Command {
  return withSharedOptions(new Command('check-config'))
    .description('check the settings, naming every problem at once')
    .option('--json', 'print the settings in force, secrets left out')
    .option('--source <name>', 'demo, kafka or ndjson (setting source)')
    .action((options: SharedOptions & { json?: boolean; source?: string }) => {
      const config = requireSource(configFrom(options, { source: options.source }));
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
