import { type Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';

/** Options that several commands share; each lands on a setting. */
export interface SharedOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly model?: string;
  readonly logLevel?: string;
}

const shared: Readonly<Record<keyof SharedOptions, readonly [flag: string, description: string]>> = {
  config: ['--config <file>', 'settings, as YAML (default: the built-in ones)'],
  dataDir: ['--data-dir <folder>', 'the data folder (setting dataDir)'],
  model: ['--model <folder>', 'a model folder with a manifest.json (setting model.path)'],
  logLevel: ['--log-level <level>', 'debug, info, warn, error or silent'],
};

/** Adds the shared options, less those that mean nothing to the command. */
export function withSharedOptions(command: Command, ...without: readonly (keyof SharedOptions)[]): Command {
  const names = (['config', 'dataDir', 'model', 'logLevel'] as const).filter((name) => !without.includes(name));
  for (const name of names) command.option(...shared[name]);
  return command;
}

/** The config, with the shared options and further flags on top of file and environment. */
export function configFrom(options: SharedOptions, flags: Readonly<Record<string, unknown>> = {}): Config {
  const given = { dataDir: options.dataDir, 'model.path': options.model, 'log.level': options.logLevel };
  return loadConfig({ file: options.config, env: process.env, flags: { ...given, ...flags } });
}

/** A number from the command line, for commander's argument parsers. */
export function parseNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw new InvalidArgumentError('expected a number of at least 0.');
  return number;
}
