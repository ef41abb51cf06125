import { z } from 'zod';
import { durationSchema } from '../lib/duration.ts';
import { isLoopback } from '../lib/loopback.ts';
import { durationBetween, urlWithoutSecrets, webSocketUrl } from './fields.ts';

/** Settings of the sources that hold a connection to a public stream. */

export const bluesky = z.strictObject({
  endpoints: z
    .array(webSocketUrl)
    .min(1)
    .default([
      'wss://jetstream2.us-east.bsky.network',
      'wss://jetstream1.us-east.bsky.network',
      'wss://jetstream2.us-west.bsky.network',
      'wss://jetstream1.us-west.bsky.network',
    ])
    .describe('Jetstream servers with the same content; one is used at a time, the next one if it fails'),
  protocol: z.enum(['auto', 'v1', 'v2']).default('auto').describe('Jetstream protocol; auto uses v2 where the server has it'),
  collections: z
    .array(z.string().regex(/^[A-Za-z0-9.-]+(\.\*)?$/, 'expected a collection such as app.bsky.feed.post'))
    .min(1)
    .max(100)
    .default(['app.bsky.feed.post'])
    .describe('Collections to request instead of posts. Other records need a mapping, including onlyWhen'),
  languages: z
    .array(z.string().regex(/^[A-Za-z]{2,3}$/, 'expected a language such as en'))
    .default([])
    .describe('Keep posts declared in one of these languages, or in none; all posts if empty'),
  since: durationSchema.default('0s').describe('At the very first start, begin this far back; servers keep about a day and a half'),
  rewind: durationBetween('0s', '1h')
    .default('5s')
    .describe('When resuming by time, begin this much earlier, since clocks of servers differ; posts received twice are stored once'),
  stallTimeout: durationBetween('5s', '1d').default('60s').describe('Reconnect after this long without an event'),
  compression: z.boolean().default(true).describe('Request compressed messages'),
  dictionary: z.string().min(1).optional().describe('File with the zstd dictionary of Jetstream v1; without it, v1 uses deflate'),
});

export type BlueskyConfig = z.infer<typeof bluesky>;

/** The loader reads the file into `accessToken`. */
const accessTokenFields = (description: string) => ({
  accessToken: z.string().min(1).optional().describe(description),
  accessTokenFile: z.string().optional().describe('File that contains the access token; a trailing newline is ignored'),
});

const serverUrl = urlWithoutSecrets.refine(isEncrypted, 'must be https://, because the access token would be sent unencrypted');

function isEncrypted(url: string): boolean {
  if (!URL.canParse(url)) return true; // reported by z.url
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname);
}

const mastodonServer = z
  .strictObject({
    url: serverUrl.describe('URL of the server, such as https://social.example'),
    stream: z
      .enum(['public', 'public:local', 'hashtag'])
      .default('public:local')
      .describe(
        'public: all public posts that the server knows; public:local: those of its own accounts; hashtag: those with one of `hashtags`',
      ),
    hashtags: z
      .array(z.string().regex(/^[\p{L}\p{N}\p{M}_·]{1,100}$/u, 'expected a hashtag without #'))
      .max(10)
      .default([])
      .describe('Hashtags without #; each has a connection of its own'),
    ...accessTokenFields('Access token of an account on this server; mastodon.accessToken if absent. Prefer accessTokenFile'),
  })
  .refine(({ stream, hashtags }) => (stream === 'hashtag') === hashtags.length > 0, {
    path: ['hashtags'],
    message: 'required with `stream: hashtag`, and only then',
  });

export const mastodon = z.strictObject({
  servers: z
    .array(mastodonServer)
    .max(20)
    .refine((servers) => new Set(servers.map(({ url }) => url)).size === servers.length, 'each server can be listed once')
    .default([])
    .describe('Servers to follow, each with its own connection. With several, prefer public:local'),
  ...accessTokenFields(
    'Access token for servers without their own. Prefer accessTokenFile or the environment variable FEEDPULSE_MASTODON_ACCESS_TOKEN',
  ),
  rewind: durationBetween('0s', '1h')
    .default('5m')
    .describe('After an interruption, posts from this long before it are read again, to find late posts and edits'),
});

export type MastodonConfig = z.infer<typeof mastodon>;
export type MastodonServerConfig = MastodonConfig['servers'][number];
