import { Command, Option } from 'commander';
import { type ChannelTestResult, createChannels, selectChannels, testChannels } from '../../../alerts/notify/channels.ts';
import { systemClock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { loadCommandConfig, type SharedOptions, withSharedOptions } from '../../options.ts';
import { type Column, type Format, formatRows, formats } from '../../output/format-rows.ts';

interface Options extends SharedOptions {
  readonly format: Format;
}

export function createTestCommand(): Command {
  return withSharedOptions(new Command('test'))
    .description('send a test message to the configured channels')
    .argument('[channels...]', 'names of channels (default: all)')
    .addOption(new Option('--format <format>', 'output format').choices(formats).default('table'))
    .action(async (names: readonly string[], { format, ...options }: Options) => {
      const { alerts, server } = loadCommandConfig(options);
      const channels = createChannels(alerts);
      if (channels.size === 0) throw new FeedpulseError('CONFIG_INVALID', 'alerts.channels is empty.');
      const baseUrl = alerts.externalUrl ?? `http://${server.host}:${server.port}`;
      const results = await testChannels(selectChannels(channels, names), baseUrl, systemClock.now());
      process.stdout.write(formatRows(format, results, columns));
      const failed = results.filter(({ delivered }) => !delivered);
      const [first] = failed;
      if (first?.code) throw new FeedpulseError(first.code, `${failed.length} of ${results.length} channels failed.`);
    });
}

const columns: readonly Column<ChannelTestResult>[] = [
  { title: 'CHANNEL', name: 'channel', value: ({ channel }) => channel },
  { title: 'DELIVERED', name: 'delivered', value: ({ delivered }) => delivered, show: ({ delivered }) => (delivered ? 'yes' : 'no') },
  {
    title: 'ERROR',
    name: 'detail',
    value: ({ detail }) => detail ?? '',
    show: ({ detail, code }) => (detail ? `${code}: ${detail}` : ''),
  },
];
