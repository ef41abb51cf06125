import { Command } from 'commander';
import type { SensitivityResponse, SuggestionResponse } from '../../../server/routes/alerts/sensitivities.ts';
import { type FormatOptions, runMutation, withConfiguredApi, withFormat, withResultFormat, withSharedOptions } from '../../options.ts';
import { escapeTerminal } from '../../output/escape-terminal.ts';
import { formatMinute } from '../../output/format.ts';
import { type Column, formatRows } from '../../output/format-rows.ts';

const path = '/api/v1/alerts/sensitivities';

export function createSensitivityCommand(): Command {
  const command = new Command('sensitivity').description('suggest, set or reset the sensitivity of a rule for a brand');
  for (const create of [createSuggestCommand, createListCommand, createSetCommand, createResetCommand]) command.addCommand(create());
  return command;
}

const formatOutcome = ({ alerts, useful, noise }: SuggestionResponse['current']): string =>
  `${alerts} alerts, ${useful} useful, ${noise} noise`;

const suggestionColumns: readonly Column<SuggestionResponse>[] = [
  { title: 'RULE', name: 'rule', value: ({ rule }) => rule },
  { title: 'BRAND', name: 'brand', value: ({ brand }) => escapeTerminal(brand) },
  { title: 'SINCE (UTC)', name: 'since', value: ({ since }) => since, show: ({ since }) => formatMinute(since) },
  { title: 'THRESHOLD', name: 'current', value: ({ current }) => current.threshold },
  { title: 'RAISED', name: 'raised', value: ({ current }) => formatOutcome(current) },
  { title: 'SUGGESTED', name: 'suggested', value: ({ suggested }) => suggested.threshold },
  { title: 'WOULD HAVE RAISED', name: 'wouldHaveRaised', value: ({ suggested }) => formatOutcome(suggested) },
];

function createSuggestCommand(): Command {
  return withFormat(withSharedOptions(new Command('suggest')))
    .description('suggest sensitivities from the ratings of the last 90 days; `sensitivity set` applies one')
    .action(async (options: FormatOptions) => {
      const found = await withConfiguredApi(options, (api) =>
        api.get<{ readonly suggestions: readonly SuggestionResponse[] }>(`${path}/suggestions`),
      );
      const isEmptyTable = options.format === 'table' && found.suggestions.length === 0;
      process.stdout.write(isEmptyTable ? 'No suggestions.\n' : formatRows(options.format, found.suggestions, suggestionColumns, found));
    });
}

const columns: readonly Column<SensitivityResponse>[] = [
  { title: 'RULE', name: 'rule', value: ({ rule }) => rule },
  { title: 'BRAND', name: 'brand', value: ({ brand }) => escapeTerminal(brand) },
  { title: 'THRESHOLD', name: 'threshold', value: ({ threshold }) => threshold },
  { title: 'CONFIGURED', name: 'configured', value: ({ configured }) => configured },
  { title: 'SET (UTC)', name: 'at', value: ({ at }) => at, show: ({ at }) => formatMinute(at) },
  { title: 'BY', name: 'createdBy', value: ({ createdBy }) => createdBy },
];

function createListCommand(): Command {
  return withFormat(withSharedOptions(new Command('list')))
    .description('list sensitivities that differ from the config')
    .action(async (options: FormatOptions) => {
      const found = await withConfiguredApi(options, (api) => api.get<{ readonly sensitivities: readonly SensitivityResponse[] }>(path));
      const isEmptyTable = options.format === 'table' && found.sensitivities.length === 0;
      process.stdout.write(isEmptyTable ? 'No sensitivities are set.\n' : formatRows(options.format, found.sensitivities, columns, found));
    });
}

interface PairOptions extends FormatOptions {
  readonly rule: string;
  readonly brand: string;
}

const withPair = (command: Command): Command =>
  withResultFormat(command)
    .requiredOption('--rule <name>', 'a configured rule, or a default rule: volume, sentiment')
    .requiredOption('--brand <name>', 'brand; * is all posts');

function createSetCommand(): Command {
  return withPair(new Command('set'))
    .description('set the sensitivity of a rule for a brand, instead of the configured one')
    .argument('<sensitivity>', 'low, balanced, high, or a threshold of rarity')
    .action((text: string, { rule, brand, ...options }: PairOptions) => {
      const sensitivity = text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
      return runMutation<SensitivityResponse>(
        options,
        (api) => api.send('POST', path, { rule, brand, sensitivity }),
        ({ threshold, configured }) => `${rule}, ${escapeTerminal(brand)}: threshold ${threshold}, configured ${configured}.`,
      );
    });
}

function createResetCommand(): Command {
  return withPair(new Command('reset'))
    .description('return to the configured sensitivity')
    .action(({ rule, brand, ...options }: PairOptions) =>
      runMutation<{ readonly reset: number }>(
        options,
        (api) => api.send('DELETE', `${path}?${new URLSearchParams({ rule, brand })}`),
        ({ reset }) => (reset > 0 ? `${rule}, ${escapeTerminal(brand)}: reset.` : 'No sensitivity is set.'),
      ),
    );
}
