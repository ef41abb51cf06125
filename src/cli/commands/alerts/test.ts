import { Command } from 'commander';
import { type Channel, channelsOf } from '../../../alerts/notify/channels.ts';
import { type Tried, testChannels } from '../../../alerts/notify/test-channels.ts';
import { systemClock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../../options.ts';
import { type Column, printRows } from '../../output/print-table.ts';

interface Options extends SharedOptions {
  readonly json?: boolean;
}

export function alertsTest(): Command {
  return withSharedOptions(new Command('test'))
    .description('send a test message to the channels of the config')
    .argument('[channels...]', 'channel names (default: all)')
    .option('--json', 'print the outcome as JSON')
    .action(async (names: readonly string[], options: Options) => {
      const { alerts, server } = configFrom(options);
      const channels = chosen(channelsOf(alerts), names);
      const page = alerts.externalUrl ?? `http://${server.host}:${server.port}`;
      const tried = await testChannels(channels, page, systemClock.now());
      process.stdout.write(printRows(options.json ? 'json' : 'table', tried, columns));
      const failed = tried.filter(({ taken }) => !taken);
      const [first] = failed;
      if (first?.code) throw new FeedpulseError(first.code, `${failed.length} of ${tried.length} channels did not take it.`);
    });
}

/** @throws CONFIG_INVALID where there is none, USAGE for a name that none has */
function chosen(channels: ReadonlyMap<string, Channel>, names: readonly string[]): ReadonlyMap<string, Channel> {
  if (channels.size === 0) throw new FeedpulseError('CONFIG_INVALID', 'alerts.channels: there is none.');
  const unknown = names.find((name) => !channels.has(name));
  if (unknown !== undefined) throw new FeedpulseError('USAGE', `there is no channel ${unknown}, but ${[...channels.keys()].join(', ')}`);
  return names.length === 0 ? channels : new Map([...channels].filter(([name]) => names.includes(name)));
}

const columns: readonly Column<Tried>[] = [
  { title: 'CHANNEL', name: 'channel', value: ({ channel }) => channel },
  { title: 'TAKEN', name: 'taken', value: ({ taken }) => taken, show: ({ taken }) => (taken ? 'yes' : 'no') },
  {
    title: 'WHY NOT',
    name: 'detail',
    value: ({ detail }) => detail ?? '',
    show: ({ detail, code }) => (detail ? `${code}: ${detail}` : ''),
  },
];
