import { type Command, Option } from 'commander';
import { createLog } from '../log.ts';
import { type Query, withApi } from './api.ts';
import { configFrom, type SharedOptions, withSharedOptions } from './options.ts';
import { type Format, formats } from './print-table.ts';

/** What every question about a brand's history may be narrowed down by. */
export interface QuestionOptions extends SharedOptions {
  readonly brand: string;
  readonly since?: string;
  readonly until?: string;
  readonly platform?: string;
  readonly lang?: string;
  readonly format: Format;
}

export function withQuestionOptions(command: Command): Command {
  return withSharedOptions(command)
    .option('--brand <name>', 'a brand of the config; * is all posts', '*')
    .option('--since <time>', 'ISO 8601, or relative: now-7d')
    .option('--until <time>', 'where it ends; that moment itself does not belong to it')
    .option('--platform <name>', 'of this platform only')
    .option('--lang <language>', 'in this language only: en, pt, und')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'));
}

/** Asks the API. @throws what `withApi` throws */
export async function askApi<T>(path: string, options: QuestionOptions, query: Query): Promise<T> {
  const config = configFrom(options);
  const { brand, since, until, platform, lang } = options;
  return withApi(config, createLog(config.log.level), (api) =>
    api.get<T>(path, { brand, from: since, to: until, platform, lang, ...query }),
  );
}

/** Text on one line, at most so many characters of it. */
export function oneLine(text: string, most = Number.POSITIVE_INFINITY): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}
