import { type Command, InvalidArgumentError, Option } from 'commander';
import { withDemoBrands } from '../app/demo-brands.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { createLog } from '../lib/log.ts';
import { type Api, type Query, withApi } from './api-client.ts';
import { printableJson } from './output/escape-terminal.ts';
import { type Format, formats } from './output/format-rows.ts';

/** Options that several commands share; each overrides a setting. */
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
  logLevel: ['--log-level <level>', 'debug, info, warn, error or silent (setting log.level)'],
};

/** Adds the shared options that mean something to the command. */
export function withSharedOptions(command: Command, names: readonly (keyof SharedOptions)[] = ['config', 'dataDir', 'logLevel']): Command {
  for (const name of names) command.option(...shared[name]);
  return command;
}

/** The config: file, then environment, then the shared options and `flags`, by setting. @throws CONFIG_INVALID, FILE_INACCESSIBLE */
export function loadCommandConfig(options: SharedOptions, flags: Readonly<Record<string, unknown>> = {}): Config {
  const given = { dataDir: options.dataDir, 'model.path': options.model, 'log.level': options.logLevel };
  return loadConfig({ file: options.config, env: process.env, flags: { ...given, ...flags } });
}

/** Parses a number of at least 0 from the command line, for commander. */
export function parseNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw new InvalidArgumentError('expected a number of at least 0.');
  return number;
}

export interface FormatOptions extends SharedOptions {
  readonly format: Format;
}

/** For results that are no rows, leave out CSV. */
export function withFormat(command: Command, choices: readonly Format[] = formats): Command {
  return command.addOption(new Option('--format <format>', 'output format').choices(choices).default('table'));
}

export interface RangeOptions extends FormatOptions {
  readonly since?: string;
  readonly until?: string;
}

export function withRange(command: Command): Command {
  return command
    .option('--since <time>', 'start: ISO 8601, or relative such as now-7d')
    .option('--until <time>', 'end, exclusive (default: now)');
}

/** Options of a query over a time range: shared options, range, format. */
export function withRangeOptions(command: Command): Command {
  return withFormat(withRange(withSharedOptions(command)));
}

export function withBrandOption(command: Command): Command {
  return command.option('--brand <name>', 'a brand of the config; * is all posts', '*');
}

export interface PostQueryOptions extends RangeOptions {
  readonly brand: string;
  readonly platform?: string;
  readonly lang?: string;
}

/** Options of a query over the posts of a brand. */
export function withPostQueryOptions(command: Command): Command {
  return withRangeOptions(withBrandOption(command))
    .option('--platform <name>', 'only this platform')
    .option('--lang <code>', 'only this language: en, pt, und');
}

/** Sends a query over posts to the API. @throws what `withApi` throws */
export async function queryPosts<T>(path: string, options: PostQueryOptions, query: Query): Promise<T> {
  const { brand, since, until, platform, lang } = options;
  return withConfiguredApi(options, (api) => api.get<T>(path, { brand, from: since, to: until, platform, lang, ...query }));
}

/** Opens the API of the configured database for several requests. @throws what `withApi` throws */
export async function withConfiguredApi<T>(options: SharedOptions, work: (api: Api, config: Config) => Promise<T>): Promise<T> {
  const config = withDemoBrands(loadCommandConfig(options));
  return withApi(config, createLog(config.log.level), (api) => work(api, config));
}

/** Changes something through the API, and prints the result as JSON or as the sentence that `describe` makes of it. */
export async function runMutation<T extends object>(
  options: FormatOptions,
  work: (api: Api) => Promise<T>,
  describe: (result: T) => string,
): Promise<void> {
  const config = loadCommandConfig(options);
  const result = await withApi(config, createLog(config.log.level), work);
  process.stdout.write(options.format === 'json' ? `${printableJson(result)}\n` : `${describe(result)}\n`);
}
