import type { MappingFields } from '../mapping-fields.ts';
import { blueskyJetstream } from './bluesky.ts';
import { cloudevents, debezium, kafkaConnect } from './envelopes.ts';
import { hackernews, reddit, youtube } from './forums.ts';
import { mastodon } from './mastodon.ts';
import { appStore, googlePlay, trustpilot } from './reviews.ts';
import { telegram } from './telegram.ts';
import { xV1, xV2 } from './x.ts';

type PresetName =
  | 'bluesky-jetstream'
  | 'mastodon'
  | 'x-v2'
  | 'x-v1'
  | 'reddit'
  | 'youtube'
  | 'hackernews'
  | 'debezium'
  | 'kafka-connect'
  | 'cloudevents'
  | 'app-store'
  | 'google-play'
  | 'trustpilot'
  | 'telegram';

/** Mappings of well-known formats, by the name that `mapping.preset` takes. */
export const presets: Readonly<Record<PresetName, MappingFields>> = {
  'bluesky-jetstream': blueskyJetstream,
  mastodon,
  'x-v2': xV2,
  'x-v1': xV1,
  reddit,
  youtube,
  hackernews,
  debezium,
  'kafka-connect': kafkaConnect,
  cloudevents,
  'app-store': appStore,
  'google-play': googlePlay,
  trustpilot,
  telegram,
};
