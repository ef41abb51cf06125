import { describe, expect, test } from 'vitest';
import type { MappingInput } from '../../../src/config/mapping.ts';
import { reportMapping } from '../../../src/ingest/inspect/choose-mapping.ts';
import { parseMessage } from '../../../src/ingest/mapping/parse-message.ts';
import { shapes } from './shapes.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

function report(messages: readonly unknown[], configured?: MappingInput) {
  const sample = messages.map((message, index) => ({
    bytes: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
    timestamp: now,
    label: `line ${index + 1}`,
  }));
  return reportMapping(sample, {
    ...(configured && { configured }),
    createParser: (mapping) => (message, at) => parseMessage(message, mapping, at),
    now,
  });
}

const post = { platform: 'chirper', id: '1', text: 'My Brixomel sings', createdAt: '2026-11-20T10:00:00Z', author: { handle: 'ines' } };
const comment = {
  id: 'k1',
  body: 'It sings',
  author: 'ines',
  created_utc: 1_795_168_800,
  subreddit: 'kettles',
  permalink: '/r/kettles/k1/',
  edited: false,
};

describe('the mapping of a sample', () => {
  test('is the default one where it fits', async () => {
    const { origin, mapping, posts, neverFound } = await report([post, { ...post, id: '2' }]);
    expect({ origin, mapping, posts }).toEqual({ origin: 'default', mapping: {}, posts: 2 });
    expect(neverFound).toContain('url');
    expect(neverFound).not.toContain('authorHandle');
  });

  test('is the preset of the format', async () => {
    expect(await report([comment, { ...comment, body: '[removed]' }, { kind: 'more' }])).toMatchObject({
      origin: 'preset',
      mapping: { preset: 'reddit' },
      recognizedPreset: 'reddit',
      posts: 2,
      deletions: 1,
      deadLetters: { 'missing-id': 1 },
    });
  });

  test('is proposed for an unknown shape', async () => {
    const [shape] = shapes;
    expect(await report(shape?.messages ?? [])).toMatchObject({ origin: 'proposal', mapping: shape?.expected, posts: 8, neverFound: [] });
  });

  test('completes a preset for change events with columns of other names', async () => {
    const row = (nr: number, words: string) => ({
      op: 'c',
      before: null,
      after: { id: nr, words, wrote: 'ines' },
      source: { connector: 'mysql', ts_ms: now },
      ts_ms: now,
    });
    const rows = ['My Brixomel sings in the morning', 'It broke after a week', 'Would buy it again'].map((words, index) =>
      row(index, words),
    );
    expect(await report(rows)).toMatchObject({ origin: 'preset', mapping: { preset: 'debezium', text: 'after.words' }, posts: 3 });
  });

  test('is the configured one, even where a preset fits better', async () => {
    const { origin, recognizedPreset, deadLetters } = await report([comment], { platformName: 'forum', text: 'body', id: 'nr' });
    expect({ origin, recognizedPreset, deadLetters }).toEqual({
      origin: 'config',
      recognizedPreset: 'reddit',
      deadLetters: { 'missing-id': 1 },
    });
  });

  test('is the default one where nothing fits', async () => {
    expect(await report(['{"a":1}', 'no JSON', '{"b":true}'])).toMatchObject({
      origin: 'default',
      posts: 0,
      deadLetters: { 'not-json': 1, 'missing-platform': 2 },
    });
  });
});

test('values that are there and cannot be used are counted by field, as are skipped messages', async () => {
  const odd = { ...post, url: '/posts/1', lang: 'English', rating: 4 };
  expect(
    await report([post, odd, { ...post, kind: 'like' }], {
      url: 'url',
      lang: 'lang',
      authorFollowers: 'author.followers',
      skipWhen: { path: 'kind', equals: 'like' },
    }),
  ).toMatchObject({
    posts: 2,
    skipped: { filtered: 1 },
    neverFound: ['authorFollowers'],
    unusable: { url: 1, lang: 1 },
  });
});
