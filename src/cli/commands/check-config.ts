import type { Command } from 'commander';
import { requireSource } from '../../config/load-config.ts';
import { configFrom, type FormatOptions, withFormat, withSharedOptions } from '../options.ts';

export function checkConfigCommand(command: Command): void {
  withFormat(withSharedOptions(command, ['config', 'dataDir', 'model', 'logLevel']), ['table', 'json'])
    .option('--source <name>', 'demo, kafka or ndjson (setting source)')
    .addHelpText(
      'after',
      '\n--format json prints the settings in force, without secrets.\n\n  $ feedpulse check-config --config feedpulse.yaml\n',
    )
    .action((options: FormatOptions & { readonly source?: string }) => {
      const config = requireSource(configFrom(options, { source: options.source }));
      const shown = JSON.stringify(config, withoutSecrets, 2);
      process.stdout.write(options.format === 'json' ? `${shown}\n` : 'The settings are valid.\n');
    });
}

function withoutSecrets(key: string, value: unknown): unknown {
  if (key === 'password') return '(set)';
  if (key === 'channels' && value instanceof Object && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, channel]) => [name, withoutPath(channel)]));
  return value;
}

/** The path of a webhook is its secret. */
function withoutPath(value: unknown): unknown {
  return value instanceof Object && 'url' in value ? { ...value, url: new URL(String(value.url)).origin } : value;
}
