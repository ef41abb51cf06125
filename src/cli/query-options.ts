import { type Command, Option } from 'commander';
import { withDemoBrands } from '../app/demo-brands.ts';
import type { Config } from '../config/schema.ts';
import { createLog } from '../lib/log.ts';
import { type Api, type Query, withApi } from './api-client.ts';
import { configFrom, type SharedOptions, withSharedOptions } from './options.ts';
import { type Format, formats } from './output/print-table.ts';

/** What every question about the history may be narrowed down by. */
export interface RangeOptions extends SharedOptions {
  readonly since?: string;
  readonly until?: string;
  readonly format: Format;
}

/** What every question about a brand's posts may be narrowed down by. */
export interface QuestionOptions extends RangeOptions {
  readonly brand: string;
  readonly platform?: string;
  readonly lang?: string;
}

export function withRangeOptions(command: Command): Command {
  return withSharedOptions(command)
    .option('--since <time>', 'ISO 8601, or relative: now-7d')
    .option('--until <time>', 'where it ends; that moment itself does not belong to it')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'));
}

export function withBrandOption(command: Command): Command {
  return command.option('--brand <name>', 'a brand of the config; * is all posts', '*');
}

export function withQuestionOptions(command: Command): Command {
  return withRangeOptions(withBrandOption(command))
    .option('--platform <name>', 'of this platform only')
    .option('--lang <language>', 'in this language only: en, pt, und');
}

/** Asks the API about posts. @throws what `withApi` throws */
export async function askApi<T>(path: string, options: QuestionOptions, query: Query): Promise<T> {
  const { brand, since, until, platform, lang } = options;
  return withConfiguredApi(options, (api) => api.get<T>(path, { brand, from: since, to: until, platform, lang, ...query }));
}

/** The API of the database that the options are about, for several questions. @throws what `withApi` throws */
export async function withConfiguredApi<T>(options: SharedOptions, work: (api: Api, config: Config) => Promise<T>): Promise<T> {
  const config = withDemoBrands(configFrom(options));
  return withApi(config, createLog(config.log.level), (api) => work(api, config));
}

/** Text on one line, at most so many characters of it. */
export function oneLine(text: string, most = Number.POSITIVE_INFINITY): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}
