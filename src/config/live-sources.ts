import { z } from 'zod';
import { isLoopback } from '../lib/loopback.ts';
import { durationBetween, urlWithoutSecrets } from './fields.ts';

/** Settings of the sources that hold a connection to a public stream. */

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
    url: serverUrl.describe('Address of the server, such as https://social.example'),
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
    .describe('After an interruption, posts that were this old are read again to find late posts, edits and deletions'),
});

export type MastodonConfig = z.infer<typeof mastodon>;
export type MastodonServerConfig = MastodonConfig['servers'][number];
