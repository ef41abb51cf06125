import type { Command } from 'commander';
import { requireSource } from '../../config/load-config.ts';
import { sourceTypes } from '../../config/sources.ts';
import { type FormatOptions, loadCommandConfig, withFormat, withSharedOptions } from '../options.ts';

export function defineCheckConfigCommand(command: Command): void {
  withFormat(withSharedOptions(command, ['config', 'dataDir', 'model', 'logLevel']), ['table', 'json'])
    .option('--source <name>', `${sourceTypes.join(', ')}, or a name in \`sources\` (config: source)`)
    .addHelpText(
      'after',
      '\n--format json prints the effective config with secrets redacted.\n\n  $ feedpulse check-config --config feedpulse.yaml\n',
    )
    .action((options: FormatOptions & { readonly source?: string }) => {
      const config = requireSource(loadCommandConfig(options, { source: options.source }));
      const shown = JSON.stringify(config, redactSecrets, 2);
      process.stdout.write(options.format === 'json' ? `${shown}\n` : 'The settings are valid.\n');
    });
}

function redactSecrets(key: string, value: unknown): unknown {
  if (key === 'password' || key === 'accessToken') return '(set)';
  if (key === 'channels' && value instanceof Object && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, channel]) => [name, redactPath(channel)]));
  return value;
}

/** Webhook URLs carry their secret in the path. */
function redactPath(value: unknown): unknown {
  return value instanceof Object && 'url' in value ? { ...value, url: new URL(String(value.url)).origin } : value;
}
