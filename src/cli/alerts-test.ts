import { Command } from 'commander';
import { sendWebhook } from '../alerts/send-webhook.ts';
import { systemClock } from '../clock.ts';
import { FeedpulseError } from '../errors.ts';
import { version } from '../version.ts';
import { configFrom, type SharedOptions, withSharedOptions } from './options.ts';

export function alertsTest(): Command {
  return withSharedOptions(new Command('test'))
    .description('send a test message to the webhook of the config (setting alerts.webhook)')
    .action(async (options: SharedOptions) => {
      const { webhook } = configFrom(options).alerts;
      if (!webhook) throw new FeedpulseError('CONFIG_INVALID', 'alerts.webhook: there is none.');
      const now = systemClock.now();
      const body = { type: 'test', sentAt: new Date(now).toISOString(), version, text: 'This is a test: alerts of feedpulse arrive here.' };
      await sendWebhook({ ...webhook, secret: webhook.password }, { body }, now);
      process.stdout.write(`${new URL(webhook.url).host} has taken it.\n`);
    });
}
