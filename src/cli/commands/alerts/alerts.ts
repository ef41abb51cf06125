import { Command } from 'commander';
import { formatExample, toPlainExample } from '../../../alerts/notify/message.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { AlertDetailResponse, AlertResponse, SilenceResponse } from '../../../server/routes/alerts/alert-schemas.ts';
import { type FormatOptions, runMutation, withConfiguredApi, withResultFormat } from '../../options.ts';
import { printableJson } from '../../output/escape-terminal.ts';
import { formatTable } from '../../output/format-rows.ts';
import { createBacktestCommand } from './backtest.ts';
import { createEventCommand } from './event.ts';
import { createListCommand, formatUpdates, summarizeAlert } from './list.ts';
import { createSensitivityCommand } from './sensitivity.ts';
import { createTestCommand } from './test.ts';

const path = '/api/v1/alerts';
const alertPath = (id: string): string => `${path}/${encodeURIComponent(id)}`;

export function defineAlertsCommand(command: Command): void {
  const commands = [
    createListCommand,
    createShowCommand,
    createAckCommand,
    createFeedbackCommand,
    createSilenceCommand,
    createUnsilenceCommand,
    createEventCommand,
    createSensitivityCommand,
    createTestCommand,
    createBacktestCommand,
  ];
  for (const create of commands) command.addCommand(create());
}

/** Sends a mutation to the API and prints the result, as JSON or as a sentence. */
const mutate = <T extends object>(
  options: FormatOptions,
  method: 'POST' | 'DELETE',
  path: string,
  body: object | undefined,
  describe: (result: T) => string,
) => runMutation<T>(options, (api) => api.send<T>(method, path, body), describe);

function createShowCommand(): Command {
  return withResultFormat(new Command('show'))
    .description('show one alert in detail')
    .argument('<id>', 'alert ID from `alerts list`')
    .action(async (id: string, options: FormatOptions) => {
      const alert = await withConfiguredApi(options, (api) => api.get<AlertDetailResponse>(alertPath(id)));
      process.stdout.write(options.format === 'json' ? `${printableJson(alert)}\n` : formatTable(toFields(alert), fieldColumns));
    });
}

type Field = readonly [name: string, value: string | number | null];

const fieldColumns = [
  { title: 'FIELD', name: 'field', value: ([name]: Field) => name },
  { title: 'VALUE', name: 'value', value: ([, value]: Field) => String(value ?? '–') },
];

function toFields({ evaluation, acked, channels, drivers, examples, composition, updates, ...alert }: AlertDetailResponse): Field[] {
  const { baseline, ...metrics } = evaluation;
  const copies = composition && `${composition.sameText} of ${composition.posts} posts have one text, ${composition.official} are official`;
  return [
    ...Object.entries(alert).map(([name, value]): Field => [name, value]),
    ['channels', channels.join(', ')],
    ...Object.entries(metrics).map(([name, value]): Field => [name, typeof value === 'number' ? Math.round(value * 100) / 100 : value]),
    ['baseline', baseline && `${baseline.season}, ${baseline.from} to ${baseline.to}`],
    ['updates', formatUpdates(updates, (at) => at)],
    ['acked', acked && `${acked.by} ${acked.at}`],
    ['drivers', drivers.join(', ')],
    ['copies', copies ?? null],
    ...examples.map((example, index): Field => [`post ${index + 1}`, formatExample(toPlainExample(example))]),
  ];
}

function createAckCommand(): Command {
  return withResultFormat(new Command('ack'))
    .description('acknowledge an alert')
    .argument('<id>', 'alert ID from `alerts list`')
    .action((id: string, options: FormatOptions) =>
      mutate<AlertResponse>(
        options,
        'POST',
        `${alertPath(id)}/ack`,
        undefined,
        (alert) => `${alert.brand}, ${summarizeAlert(alert)}: acknowledged.`,
      ),
    );
}

const ratings = ['useful', 'noise', 'none'];

function createFeedbackCommand(): Command {
  return withResultFormat(new Command('feedback'))
    .description('rate an alert useful or noise; `none` removes the rating')
    .argument('<id>', 'alert ID from `alerts list`')
    .argument('<rating>', ratings.join(', '))
    .action((id: string, feedback: string, options: FormatOptions) => {
      if (!ratings.includes(feedback)) throw new FeedpulseError('USAGE', `Expected useful, noise or none, got ${feedback}.`);
      const rated = feedback === 'none' ? 'rating removed' : `rated ${feedback}`;
      return mutate<AlertResponse>(
        options,
        'POST',
        `${alertPath(id)}/feedback`,
        { feedback },
        (alert) => `${alert.brand}, ${summarizeAlert(alert)}: ${rated}.`,
      );
    });
}

interface ScopeOptions extends FormatOptions {
  readonly rule?: string;
  readonly brand?: string;
  readonly all?: boolean;
}

const withScope = (command: Command): Command =>
  withResultFormat(command)
    .option('--rule <name>', 'only this rule')
    .option('--brand <name>', 'only this brand')
    .option('--all', 'every rule and brand');

/** @throws USAGE unless --rule, --brand or --all is given, so that nobody silences everything by accident */
function parseScope({ rule, brand, all }: ScopeOptions): { rule?: string; brand?: string } {
  if (all && (rule || brand)) throw new FeedpulseError('USAGE', '--all cannot be combined with --rule or --brand.');
  if (!all && !rule && !brand) throw new FeedpulseError('USAGE', 'Expected --rule, --brand, or --all for every rule and brand.');
  return { ...(rule && { rule }), ...(brand && { brand }) };
}

function createSilenceCommand(): Command {
  return withScope(new Command('silence'))
    .description('suppress the alerts of a rule or a brand for a while')
    .option('--for <duration>', 'duration: 30m, 2h, 7d', '2h')
    .option('--reason <text>', 'note shown with the silence')
    .action((options: ScopeOptions & { for: string; reason?: string }) => {
      const body = { ...parseScope(options), for: options.for, ...(options.reason && { reason: options.reason }) };
      return mutate<SilenceResponse>(options, 'POST', `${path}/silences`, body, ({ until }) => `Silenced until ${until}.`);
    });
}

function createUnsilenceCommand(): Command {
  return withScope(new Command('unsilence'))
    .description('end a silence; use the options that created it')
    .action((options: ScopeOptions) => {
      const query = new URLSearchParams(parseScope(options));
      return mutate<{ ended: number }>(options, 'DELETE', `${path}/silences?${query}`, undefined, ({ ended }) =>
        ended > 0 ? 'Silence ended.' : 'No matching silence.',
      );
    });
}
