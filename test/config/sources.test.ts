import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig, requireSource } from '../../src/config/load-config.ts';
import { configuredSources } from '../../src/config/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'feedpulse-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly env?: NodeJS.ProcessEnv;
  readonly flags?: Record<string, unknown>;
}

function load(settings: object, { env = {}, flags = {} }: Given = {}) {
  const file = join(folder, `${Math.random()}.yaml`);
  writeFileSync(file, JSON.stringify(settings));
  return loadConfig({ file, env, flags });
}

const sourcesOf = (settings: object, given?: Given) => configuredSources(requireSource(load(settings, given)));

const two = {
  mapping: { text: 'body' },
  kafka: { brokers: ['a:1'], groupId: 'shared', deadLetterTopic: 'dead' },
  sources: [
    { name: 'reviews', type: 'kafka', kafka: { topic: 'reviews', brokers: ['b:1'] }, mapping: { text: 'review' } },
    { type: 'kafka', kafka: { topic: 'chats' } },
    { name: 'archive', type: 'ndjson', ndjson: { path: 'old.ndjson' } },
  ],
};

describe('sources', () => {
  test('the short form is a single source of that name and type', () => {
    const config = { source: 'kafka', kafka: { topic: 't' }, mapping: { text: 'body' } };
    expect(sourcesOf(config)).toMatchObject([{ name: 'kafka', type: 'kafka', kafka: { topic: 't' }, mapping: { text: 'body' } }]);
  });

  test('entries take missing keys from the top-level section, and the mapping as a whole', () => {
    expect(sourcesOf(two)).toMatchObject([
      {
        name: 'reviews',
        kafka: { topic: 'reviews', brokers: ['b:1'], groupId: 'shared', deadLetterTopic: 'dead' },
        mapping: { text: 'review' },
      },
      { name: 'kafka', kafka: { topic: 'chats', brokers: ['a:1'], groupId: 'shared' }, mapping: { text: 'body' } },
      { name: 'archive', type: 'ndjson', ndjson: { path: 'old.ndjson' }, mapping: { text: 'body' } },
    ]);
  });

  test('environment variables set the top-level sections, which entries override', () => {
    const env = { FEEDPULSE_KAFKA_BROKERS: 'c:1', FEEDPULSE_KAFKA_TOPIC: 'x' };
    expect(sourcesOf(two, { env })).toMatchObject([{ kafka: { brokers: ['b:1'] } }, { kafka: { brokers: ['c:1'], topic: 'chats' } }, {}]);
  });

  test('reads the password file of an entry', () => {
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'pa ss\n');
    const sasl = { mechanism: 'plain', username: 'u', passwordFile };
    expect(sourcesOf({ sources: [{ type: 'kafka', kafka: { sasl } }] })).toMatchObject([{ kafka: { sasl: { password: 'pa ss' } } }]);
  });

  test('reads the access token of a server from a file', () => {
    const accessTokenFile = join(folder, 'token');
    writeFileSync(accessTokenFile, 'abc\n');
    const servers = [{ url: 'https://social.example', accessTokenFile }];
    expect(sourcesOf({ sources: [{ type: 'mastodon', mastodon: { servers } }] })).toMatchObject([
      { mastodon: { servers: [{ accessToken: 'abc' }] } },
    ]);
  });

  test('--source and FEEDPULSE_SOURCE select an entry by name, or a type in the short form', () => {
    const names = (given: Given) => sourcesOf(two, given).map(({ name, type }) => `${name} ${type}`);
    expect(names({ flags: { source: 'archive' } })).toEqual(['archive ndjson']);
    expect(names({ env: { FEEDPULSE_SOURCE: 'reviews' } })).toEqual(['reviews kafka']);
    expect(names({ env: { FEEDPULSE_SOURCE: 'reviews' }, flags: { source: 'demo' } })).toEqual(['demo demo']);
    expect(() => sourcesOf(two, { flags: { source: 'chats' } })).toThrow(
      'source: no source is named chats; the names are reviews, kafka, archive, and the types bluesky, demo, kafka, mastodon, ndjson.',
    );
  });

  test('a live source has the mapping of its format, of which its own mapping overrides single fields', () => {
    const preset = { preset: 'bluesky-jetstream' };
    const mapping = { text: 'body' };
    const mappingsOf = (settings: object, given?: Given) => sourcesOf(settings, given).map((source) => source.mapping);
    expect(mappingsOf({}, { flags: { source: 'bluesky' } })).toEqual([preset]);
    // The top-level mapping is meant for the source of the file.
    expect(mappingsOf({ source: 'kafka', mapping }, { flags: { source: 'bluesky' } })).toEqual([preset]);
    expect(mappingsOf({ source: 'bluesky', mapping })).toEqual([{ ...preset, ...mapping }]);
    expect(mappingsOf({ mapping, sources: [{ type: 'bluesky' }, { type: 'kafka' }] })).toEqual([preset, mapping]);
    expect(mappingsOf({ sources: [{ type: 'bluesky', mapping }] })).toEqual([{ ...preset, ...mapping }]);
    expect(mappingsOf({ sources: [{ type: 'bluesky', mapping: { preset: 'x-v2' } }] })).toEqual([{ preset: 'x-v2' }]);
    expect(mappingsOf({}, { flags: { source: 'bluesky', 'ndjson.path': 'x' } })).toEqual([preset]);
  });

  test('settings of a live source outside `sources` count for a selection too', () => {
    const settings = { source: 'kafka', bluesky: { languages: ['en'] } };
    expect(sourcesOf(settings, { flags: { source: 'bluesky' } })).toMatchObject([{ name: 'bluesky', bluesky: { languages: ['en'] } }]);
  });

  test('--in reads a file in place of the selected source, with its name and mapping', () => {
    const flags = { source: 'reviews', 'ndjson.path': 'replayed.ndjson' };
    const expected = { name: 'reviews', type: 'ndjson', ndjson: { path: 'replayed.ndjson' }, mapping: { text: 'review' } };
    expect(sourcesOf(two, { flags })).toMatchObject([expected]);
    const short = { source: 'kafka', 'ndjson.path': 'replayed.ndjson' };
    expect(sourcesOf({ mapping: { text: 'body' } }, { flags: short })).toMatchObject([
      { name: 'kafka', type: 'ndjson', mapping: { text: 'body' } },
    ]);
    expect(() => sourcesOf(two, { flags: { 'ndjson.path': 'x' } })).toThrow('--in requires --source');
  });
});

const kafka = (topic: string, more: object = {}) => ({ name: topic, type: 'kafka', kafka: { topic, ...more } });

test.each([
  ['both forms', { source: 'demo', sources: [{ type: 'demo' }] }, 'sources: `source` and `sources` cannot both be set'],
  ['a name twice', { sources: [{ type: 'demo' }, { name: 'demo', type: 'ndjson' }] }, 'sources.1.name: duplicate name demo'],
  ['a name that is not one', { sources: [{ name: 'My Source', type: 'demo' }] }, 'sources.0.name: expected lower-case letters'],
  ['a section of another type', { sources: [{ type: 'demo', kafka: {} }] }, 'sources.0.kafka: unknown setting'],
  ['an unknown type', { sources: [{ type: 'carrier-pigeon' }] }, 'sources.0.type'],
  [
    'a topic that is read twice',
    { sources: [{ ...kafka('t'), name: 'a' }, kafka('t')] },
    'sources.1.kafka.topic: sources.0 reads this topic too',
  ],
  [
    'a consumer group for two topics',
    { kafka: { groupId: 'g' }, sources: [kafka('t'), kafka('u')] },
    'sources.1.kafka.groupId: sources.0 uses this group too',
  ],
  [
    "a dead-letter topic that is another's topic",
    { sources: [kafka('t'), kafka('u', { deadLetterTopic: 't' })] },
    'sources.1.kafka.deadLetterTopic: must differ from the topic of sources.0',
  ],
  ['its own topic for dead letters', { sources: [kafka('t', { deadLetterTopic: 't' })] }, 'sources.0.kafka.deadLetterTopic: must differ'],
  ['half a client certificate', { sources: [kafka('t', { certFile: 'x' })] }, 'sources.0.kafka.certFile: certFile and keyFile'],
  ['a Mastodon source without servers', { source: 'mastodon' }, 'mastodon.servers: list at least one server'],
  ['a Mastodon entry without servers', { sources: [{ type: 'mastodon' }] }, 'sources.0.mastodon.servers: list at least one server'],
  ['standard input twice', { sources: [{ type: 'ndjson' }, { name: 'b', type: 'ndjson' }] }, 'sources.1.ndjson.path: only one source'],
])('rejects %s', (_, settings, problem) => {
  expect(() => load(settings)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(problem) }));
});

test('accepts the same topic name on another cluster', () => {
  expect(
    sourcesOf({
      sources: [
        { ...kafka('t', { brokers: ['a:1'] }), name: 'eu' },
        { ...kafka('t', { brokers: ['b:1'] }), name: 'us' },
      ],
    }),
  ).toHaveLength(2);
});
