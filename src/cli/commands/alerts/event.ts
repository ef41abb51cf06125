import { Command } from 'commander';
import { toMilliseconds } from '../../../config/schema.ts';
import { durationSchema } from '../../../lib/duration.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { EventResponse } from '../../../server/routes/alerts/events.ts';
import {
  type FormatOptions,
  parseNumber,
  runMutation,
  withConfiguredApi,
  withFormat,
  withResultFormat,
  withSharedOptions,
} from '../../options.ts';
import { escapeTerminal } from '../../output/escape-terminal.ts';
import { formatMinute } from '../../output/format.ts';
import { type Column, formatRows } from '../../output/format-rows.ts';

const path = '/api/v1/alerts/events';

export function createEventCommand(): Command {
  const command = new Command('event').description('plan events and maintenance windows, in which alerts expect more posts or none start');
  for (const create of [createAddCommand, createListCommand, createRemoveCommand]) command.addCommand(create());
  return command;
}

interface AddOptions extends FormatOptions {
  readonly start: string;
  readonly end?: string;
  readonly for?: string;
  readonly brand: readonly string[];
  readonly factor?: number;
}

function createAddCommand(): Command {
  return withResultFormat(new Command('add'))
    .description('add an event; without --factor no alert starts during it')
    .argument('<name>', 'what is planned; part of alert messages')
    .requiredOption('--start <time>', 'start, such as 2026-12-01T17:00:00+01:00')
    .option('--end <time>', 'end')
    .option('--for <duration>', 'duration instead of an end: 30m, 2h, 7d')
    .option('--brand <name>', 'only this brand; repeat for several', (name: string, names: readonly string[]) => [...names, name], [])
    .option('--factor <number>', 'up to this many times the usual number of posts is expected', parseNumber)
    .action((name: string, { start, end, for: duration, brand, factor, ...options }: AddOptions) => {
      const body = { name, from: start, to: parseEnd(start, { end, duration }), brands: brand, ...(factor !== undefined && { factor }) };
      return runMutation<EventResponse>(options, (api) => api.send('POST', path, body), describeAdded);
    });
}

const describeAdded = ({ name, from, to, factor }: EventResponse): string =>
  `${escapeTerminal(name)}: ${factor === null ? 'no alert starts' : `up to ${factor} times the usual volume is expected`} from ${from} to ${to}.`;

/** @throws USAGE unless exactly one of end and duration is given, and valid */
function parseEnd(start: string, { end, duration }: { readonly end: string | undefined; readonly duration: string | undefined }): string {
  if ((end === undefined) === (duration === undefined)) throw new FeedpulseError('USAGE', 'Expected either --end or --for.');
  if (end !== undefined) return end;
  const parsed = durationSchema.safeParse(duration);
  if (!parsed.success || Number.isNaN(Date.parse(start)))
    throw new FeedpulseError('USAGE', 'Expected a start such as 2026-12-01T17:00:00+01:00 and a duration such as 2h.');
  return new Date(Date.parse(start) + toMilliseconds(parsed.data)).toISOString();
}

const columns: readonly Column<EventResponse>[] = [
  { title: 'EVENT', name: 'id', value: ({ id }) => id },
  { title: 'START (UTC)', name: 'from', value: ({ from }) => from, show: ({ from }) => formatMinute(from) },
  { title: 'END', name: 'to', value: ({ to }) => to, show: ({ to }) => formatMinute(to) },
  { title: 'BRANDS', name: 'brands', value: ({ brands }) => brands.join(', '), show: ({ brands }) => brands.join(', ') || 'all' },
  {
    title: 'EXPECTED',
    name: 'factor',
    value: ({ factor }) => factor,
    show: ({ factor }) => (factor === null ? 'no alerts' : `up to ×${factor}`),
  },
  { title: 'NAME', name: 'name', value: ({ name }) => name },
  { title: 'BY', name: 'createdBy', value: ({ createdBy }) => createdBy },
];

function createListCommand(): Command {
  return withFormat(withSharedOptions(new Command('list')))
    .description('list planned events, those of the config included')
    .action(async (options: FormatOptions) => {
      const found = await withConfiguredApi(options, (api) => api.get<{ readonly events: readonly EventResponse[] }>(path));
      const isEmptyTable = options.format === 'table' && found.events.length === 0;
      process.stdout.write(isEmptyTable ? 'No events.\n' : formatRows(options.format, found.events, columns, found));
    });
}

function createRemoveCommand(): Command {
  return withResultFormat(new Command('remove'))
    .description('remove an event')
    .argument('<id>', 'event ID from `alerts event list`')
    .action((id: string, options: FormatOptions) =>
      runMutation<EventResponse>(
        options,
        (api) => api.send('DELETE', `${path}/${encodeURIComponent(id)}`),
        ({ name }) => `${escapeTerminal(name)}: removed.`,
      ),
    );
}
