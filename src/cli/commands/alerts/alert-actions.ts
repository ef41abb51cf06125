import { Command } from 'commander';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { AlertResponse, SilenceResponse } from '../../../server/routes/alerts/alert-schemas.ts';
import { type FormatOptions, runMutation, withConfiguredApi, withFormat, withSharedOptions } from '../../options.ts';
import { printableJson } from '../../output/escape-terminal.ts';
import { tableOf } from '../../output/print-table.ts';
import { toldShortly } from './list.ts';

const path = '/api/v1/alerts';
const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`;

export function alertsShow(): Command {
  return withFormat(withSharedOptions(new Command('show')), ['table', 'json'])
    .description('one alert with everything that is known of it')
    .argument('<id>', 'as `alerts list` shows it')
    .action(async (id: string, options: FormatOptions) => {
      const alert = await withConfiguredApi(options, (api) => api.get<AlertResponse>(pathOf(id)));
      process.stdout.write(options.format === 'json' ? `${printableJson(alert)}\n` : tableOf(factsOf(alert), factColumns));
    });
}

type Fact = readonly [string, string | number | null];

const factColumns = [
  { title: 'WHAT', name: 'what', value: ([name]: Fact) => name },
  { title: 'VALUE', name: 'value', value: ([, value]: Fact) => String(value ?? '–') },
];

function factsOf({ evaluation, acked, channels, ...alert }: AlertResponse): Fact[] {
  const { baseline, ...figures } = evaluation;
  return [
    ...Object.entries(alert).map(([name, value]): Fact => [name, value]),
    ['channels', channels.join(', ')],
    ...Object.entries(figures).map(([name, value]): Fact => [name, typeof value === 'number' ? Math.round(value * 100) / 100 : value]),
    ['baseline', baseline && `${baseline.season}, ${baseline.from} to ${baseline.to}`],
    ['acked', acked && `${acked.by} ${acked.at}`],
  ];
}

export function alertsAck(): Command {
  return withFormat(withSharedOptions(new Command('ack')), ['table', 'json'])
    .description('say that somebody looks after an alert, or whether it was of use')
    .argument('<id>', 'as `alerts list` shows it')
    .option('--useful', 'it was worth the message')
    .option('--noise', 'it was not')
    .action((id: string, options: FormatOptions & { useful?: boolean; noise?: boolean }) => {
      const { useful, noise } = options;
      if (useful && noise) throw new FeedpulseError('USAGE', 'expected --useful or --noise.');
      const mark = useful ? 'useful' : noise ? 'noise' : undefined;
      return runMutation(
        options,
        (api) => api.send<AlertResponse>('POST', `${pathOf(id)}/${mark ? 'mark' : 'ack'}`, mark && { mark }),
        (alert) => `${alert.brand}, ${toldShortly(alert)}: ${mark ? `marked as ${mark}` : 'acknowledged'}.`,
      );
    });
}

type MuteOptions = FormatOptions & { readonly rule?: string; readonly brand?: string };

const withWho = (command: Command): Command =>
  withFormat(withSharedOptions(command), ['table', 'json'])
    .option('--rule <name>', 'this rule only (default: every rule)')
    .option('--brand <name>', 'this brand only (default: every brand)');

export function alertsMute(): Command {
  return withWho(new Command('mute'))
    .description('tell nobody of alerts for a while')
    .option('--for <duration>', 'how long: 30m, 2h, 7d', '2h')
    .option('--reason <text>', 'why, for those who look at it later')
    .action((options: MuteOptions & { for: string; reason?: string }) => {
      const { rule, brand, reason } = options;
      const body = { for: options.for, ...(rule && { rule }), ...(brand && { brand }), ...(reason && { reason }) };
      return runMutation(
        options,
        (api) => api.send<SilenceResponse>('POST', `${path}/mutes`, body),
        ({ until }) => `Muted until ${until}.`,
      );
    });
}

export function alertsUnmute(): Command {
  return withWho(new Command('unmute'))
    .description('end a mute, named as it was made')
    .action((options: MuteOptions) => {
      const { rule, brand } = options;
      const query = new URLSearchParams({ ...(rule && { rule }), ...(brand && { brand }) });
      return runMutation(
        options,
        (api) => api.send<{ ended: number }>('DELETE', `${path}/mutes?${query}`),
        ({ ended }) => (ended > 0 ? 'Alerts are told again.' : 'There is no such mute.'),
      );
    });
}
