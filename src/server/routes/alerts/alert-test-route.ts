import { channelsOf } from '../../../alerts/notify/channels.ts';
import { testChannels } from '../../../alerts/notify/test-channels.ts';
import type { AlertsConfig } from '../../../config/alerts.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { requireRole } from '../../auth/access.ts';
import type { App } from '../../http/create-app.ts';
import type { QueryDeps } from '../dependencies.ts';
import { parseQuery } from '../query-schemas.ts';
import { testBody } from './alert-schemas.ts';

/** Tries the channels of the config. What a receiver says is not passed on, so that nobody looks around through it. */
export function registerAlertTestRoute(
  app: App,
  { clock, config }: Pick<QueryDeps, 'clock'> & { readonly config: { readonly alerts: AlertsConfig } },
): void {
  const channels = channelsOf(config.alerts);
  app.post('/api/v1/alerts/test', requireRole('admin'), async ({ body, host, protocol }) => {
    const { channels: names } = parseQuery(testBody, body ?? {});
    const unknown = names.find((name) => !channels.has(name));
    if (unknown !== undefined) throw new FeedpulseError('USAGE', `channels: there is no ${unknown}`);
    const chosen = new Map([...channels].filter(([name]) => names.length === 0 || names.includes(name)));
    return { channels: await testChannels(chosen, config.alerts.externalUrl ?? `${protocol}://${host}`, clock.now()) };
  });
}
