import type { MastodonServerConfig } from '../../../config/live-sources.ts';

/** A public timeline of a server: a stream of new statuses, and pages of earlier ones. */
export interface Timeline {
  /** `public`, `public:local` or `hashtag:<tag>`. */
  readonly name: string;
  /** Path of the stream, with its query. */
  readonly streamPath: string;
  /** Path of the pages. */
  readonly pagePath: string;
  readonly pageQuery: Readonly<Record<string, string>>;
}

/** The timelines to follow on a server: one, or one for each hashtag. */
export function timelinesOf({ stream, hashtags }: Pick<MastodonServerConfig, 'stream' | 'hashtags'>): readonly Timeline[] {
  if (stream === 'public:local')
    return [{ name: stream, streamPath: 'public/local', pagePath: '/api/v1/timelines/public', pageQuery: { local: 'true' } }];
  if (stream === 'public') return [{ name: stream, streamPath: 'public', pagePath: '/api/v1/timelines/public', pageQuery: {} }];
  return hashtags.map((tag) => ({
    name: `hashtag:${tag}`,
    streamPath: `hashtag?tag=${encodeURIComponent(tag)}`,
    pagePath: `/api/v1/timelines/tag/${encodeURIComponent(tag)}`,
    pageQuery: {},
  }));
}
