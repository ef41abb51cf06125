import { type Command, InvalidArgumentError, Option } from 'commander';
import { withDemoBrands } from '../app/demo-brands.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { createLog } from '../lib/log.ts';
import { type Api, type Query, waitForJob, withApi } from './api-client.ts';
import { printableJson } from './output/escape-terminal.ts';
import { type Format, formats } from './output/format-rows.ts';

/** Options that several commands share; each overrides a setting. */
export interface SharedOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly model?: string;
  readonly logLevel?: string;
}

const sharedOptions: Readonly<Record<keyof SharedOptions, readonly [flag: string, description: string]>> = {
  config: ['--config <file>', 'YAML config file (default: built-in defaults)'],
  dataDir: ['--data-dir <dir>', 'data directory (config: dataDir)'],
  model: ['--model <dir>', 'model directory with a manifest.json (config: model.path)'],
  logLevel: ['--log-level <level>', 'debug, info, warn, error or silent (config: log.level)'],
};

/** Adds the named shared options. */
export function withSharedOptions(command: Command, names: readonly (keyof SharedOptions)[] = ['config', 'dataDir', 'logLevel']): Command {
  for (const name of names) command.option(...sharedOptions[name]);
  return command;
}

/** Loads the config from file, environment, shared options and `flags`, in rising precedence. @throws CONFIG_INVALID, FILE_INACCESSIBLE */
export function loadCommandConfig(options: SharedOptions, flags: Readonly<Record<string, unknown>> = {}): Config {
  const shared = { dataDir: options.dataDir, 'model.path': options.model, 'log.level': options.logLevel };
  return loadConfig({ file: options.config, env: process.env, flags: { ...shared, ...flags } });
}

/** Parses a number of at least 0 from the command line, for commander. */
export function parseNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw new InvalidArgumentError('Expected a number of at least 0.');
  return number;
}

/** Returns the primary subtag, because models are trained for languages, not for regions. */
export function parseLanguage(code: string): string {
  try {
    return new Intl.Locale(code).language;
  } catch {
    throw new InvalidArgumentError('Expected a language code such as en.');
  }
}

export interface FormatOptions extends SharedOptions {
  readonly format: Format;
}

/** Omit `csv` for results that are not rows. */
export function withFormat(command: Command, choices: readonly Format[] = formats): Command {
  return command.addOption(new Option('--format <format>', 'output format').choices(choices).default('table'));
}

/** Options of a mutation, whose result is one sentence or one JSON object. */
export function withResultFormat(command: Command): Command {
  return withFormat(withSharedOptions(command), ['table', 'json']);
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
  return command.option('--brand <name>', 'a configured brand; * is all posts', '*');
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
export async function withConfiguredApi<T>(options: SharedOptions, callback: (api: Api, config: Config) => Promise<T>): Promise<T> {
  const config = withDemoBrands(loadCommandConfig(options));
  return withApi(config, createLog(config.log.level), (api) => callback(api, config));
}

/** Sends a mutation to the API and prints the result as JSON or as the text from `describe`. */
export async function runMutation<T extends object>(
  options: FormatOptions,
  callback: (api: Api) => Promise<T>,
  describe: (result: T) => string,
): Promise<void> {
  const config = loadCommandConfig(options);
  const result = await withApi(config, createLog(config.log.level), callback);
  process.stdout.write(options.format === 'json' ? `${printableJson(result)}\n` : `${describe(result)}\n`);
}

/** A job of the API: its path, further fields of the body, and the title of the progress bar. */
interface RangeJob {
  readonly path: string;
  readonly title: string;
  readonly body?: object;
}

/** Runs a job over the range of the options, and prints its outcome. `describe` gets the number of changed posts or minutes. */
export function runRangeJob(options: RangeOptions, { path, title, body }: RangeJob, describe: (changed: number) => string): Promise<void> {
  const { since, until } = options;
  return runMutation(
    options,
    (api) => waitForJob(api, title, path, { ...body, from: since, to: until }),
    ({ changed = 0 }) => describe(changed),
  );
}
