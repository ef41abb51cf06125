import { describe, expect, test } from 'vitest';
import { mapWith, postOf } from './map-with-preset.ts';

describe('debezium', () => {
  const debezium = { preset: 'debezium', platformName: 'shop' } as const;
  const row = { id: 7, body: 'I love Brixomel', user_name: 'ines', lang: 'en', created_at: 1_795_168_800_000_000, likes: 4 };
  const source = {
    version: '3.0.0.Final',
    connector: 'postgresql',
    name: 'shop',
    ts_ms: 1_795_170_000_000,
    snapshot: 'false',
    db: 'shop',
    table: 'comments',
  };
  const event = (op: string, before: object | null, after: object | null, tsMs = 1_795_170_000_000) => ({
    before,
    after,
    source: { ...source, ts_ms: tsMs },
    transaction: null,
    op,
    ts_ms: tsMs + 100,
  });
  const withSchema = (payload: object) => ({ schema: { type: 'struct', fields: [], optional: false, name: 'shop.Value' }, payload });

  test('inserts, snapshots and updates, with and without schema', () => {
    const expected = {
      platform: 'shop',
      id: '7',
      text: 'I love Brixomel',
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T10:20:00.000Z',
      deleted: false,
      lang: 'en',
      author: { id: 'ines', handle: 'ines' },
      engagement: { likes: 4, reposts: 0, replies: 0 },
    };
    for (const op of ['c', 'r', 'u']) {
      expect(postOf(debezium, event(op, null, row))).toEqual(expected);
      expect(postOf(debezium, withSchema(event(op, null, row)))).toEqual(expected);
    }
  });

  test('a deletion has the time of the change, which is the clock of every version', () => {
    const deletion = event('d', { id: 7, body: null }, null, 1_795_180_000_000);
    for (const message of [deletion, withSchema(deletion)])
      expect(postOf(debezium, message)).toMatchObject({ platform: 'shop', id: '7', deleted: true, updatedAt: '2026-11-20T13:06:40.000Z' });
  });

  test('a tombstone, a truncated table, a logical message and a heartbeat are skipped', () => {
    expect(mapWith(debezium, '', { isTombstone: true, key: Buffer.from('{"id":7}') })).toBe('skipped: tombstone');
    for (const op of ['t', 'm']) {
      expect(mapWith(debezium, event(op, null, null))).toBe('skipped: filtered');
      expect(mapWith(debezium, withSchema(event(op, null, null)))).toBe('skipped: filtered');
    }
    for (const message of [{ ts_ms: 1_795_170_000_000 }, { source, databaseName: 'shop', ddl: 'ALTER TABLE comments' }]) {
      expect(mapWith(debezium, message)).toBe('skipped: filtered');
      expect(mapWith(debezium, withSchema(message))).toBe('skipped: filtered');
    }
  });

  test('flattened rows with the flag of a rewritten deletion', () => {
    const flat = { ...row, __op: 'c', __source_ts_ms: 1_795_170_000_000, __deleted: 'false' };
    expect(postOf(debezium, withSchema(flat))).toEqual(postOf(debezium, flat));
    expect(postOf(debezium, flat)).toMatchObject({
      id: '7',
      text: 'I love Brixomel',
      deleted: false,
      updatedAt: '2026-11-20T10:20:00.000Z',
    });
    expect(postOf(debezium, { id: 7, body: null, __op: 'd', __deleted: 'true' })).toMatchObject({ id: '7', deleted: true });
    expect(postOf(debezium, { id: 7, body: null, __deleted: true }).deleted).toBe(true);
  });

  test('a row that marks itself as deleted', () => {
    expect(postOf(debezium, event('u', null, { ...row, deleted_at: '2026-11-20T11:00:00Z' })).deleted).toBe(true);
    expect(postOf(debezium, event('u', null, { ...row, deleted_at: null })).deleted).toBe(false);
  });

  test('a document of MongoDB, which is JSON in a string', () => {
    const after = JSON.stringify({ _id: { $oid: '65f0aa' }, text: 'Brixomel sings', created_at: { $date: 1_795_168_800_000 } });
    expect(postOf(debezium, { op: 'c', before: null, after, source, ts_ms: 1_795_170_000_000 })).toMatchObject({
      id: '65f0aa',
      text: 'Brixomel sings',
      createdAt: '2026-11-20T10:00:00.000Z',
    });
  });

  test('columns with other names are mapped by the config', () => {
    const mapping = { ...debezium, id: ['payload.after.nr', 'payload.before.nr'], text: 'payload.after.words' };
    expect(postOf(mapping, withSchema(event('c', null, { nr: 3, words: 'Brixomel' })))).toMatchObject({ id: '3', text: 'Brixomel' });
    expect(postOf(mapping, withSchema(event('d', { nr: 3 }, null)))).toMatchObject({ id: '3', deleted: true });
  });
});

describe('kafka-connect', () => {
  const connect = { preset: 'kafka-connect', platformName: 'shop' } as const;
  const row = { id: 'c1', text: 'Brixomel rocks', created: 1_795_168_800_000, 'author.handle': 'ines', 'engagement.likes': 7 };

  test('rows with and without schema, with the keys of nested fields flattened', () => {
    const expected = {
      id: 'c1',
      text: 'Brixomel rocks',
      createdAt: '2026-11-20T10:00:00.000Z',
      author: { id: 'ines', handle: 'ines' },
      engagement: { likes: 7 },
    };
    expect(postOf(connect, row)).toMatchObject(expected);
    expect(postOf(connect, { schema: { type: 'struct', fields: [] }, payload: row })).toMatchObject(expected);
  });

  test('an update, and a row that marks itself as deleted', () => {
    expect(postOf(connect, { ...row, updated_at: 1_795_170_000_000 }).updatedAt).toBe('2026-11-20T10:20:00.000Z');
    expect(postOf(connect, { ...row, is_deleted: true }).deleted).toBe(true);
  });

  test('a tombstone with the key of a post', () => {
    expect(postOf(connect, '', { isTombstone: true, key: Buffer.from('shop:c1') })).toMatchObject({ id: 'c1', deleted: true });
    for (const key of ['{"id":"c1"}', '{"schema":{"type":"struct"},"payload":{"id":"c1"}}'])
      expect(postOf(connect, '', { isTombstone: true, key: Buffer.from(key) })).toMatchObject({ id: 'c1', deleted: true });
    expect(mapWith(connect, '', { isTombstone: true, key: Buffer.from('"c1"') })).toBe('skipped: tombstone');
  });
});

describe('cloudevents', () => {
  const cloudevents = { preset: 'cloudevents', platformName: 'chirper' } as const;
  const event = (type: string, content: object) => ({
    specversion: '1.0',
    type: `com.chirper.post.${type}`,
    source: '/feeds/chirper',
    id: 'event-1',
    time: '2026-11-20T10:00:00Z',
    datacontenttype: 'application/json',
    ...content,
  });
  const data = { id: '88', text: 'Brixomel is lovely', author: { id: 'u7', handle: 'ines' }, likes: 4 };
  const expected = {
    platform: 'chirper',
    id: '88',
    text: 'Brixomel is lovely',
    createdAt: '2026-11-20T10:00:00.000Z',
    author: { id: 'u7', handle: 'ines' },
    engagement: { likes: 4 },
  };

  test('structured: data as an object, as text, in base64', () => {
    expect(postOf(cloudevents, event('created', { data }))).toMatchObject(expected);
    expect(postOf(cloudevents, event('created', { data: JSON.stringify(data) }))).toMatchObject(expected);
    expect(postOf(cloudevents, event('created', { data_base64: Buffer.from(JSON.stringify(data)).toString('base64') }))).toMatchObject(
      expected,
    );
  });

  test('a batch', () => {
    expect(mapWith(cloudevents, [event('created', { data }), event('deleted', { data: { id: '89' } })])).toEqual([
      expect.objectContaining({ id: '88', deleted: false }),
      expect.objectContaining({ id: '89', deleted: true }),
    ]);
  });

  test('binary: the attributes are headers', () => {
    const headers = {
      ce_specversion: '1.0',
      ce_id: 'event-1',
      ce_type: 'com.chirper.post.created',
      ce_source: '/feeds/chirper',
      ce_time: '2026-11-20T10:00:00Z',
    };
    expect(postOf(cloudevents, data, { headers })).toMatchObject(expected);
    expect(postOf(cloudevents, { id: '88' }, { headers: { ...headers, ce_type: 'com.chirper.post.deleted' } })).toMatchObject({
      id: '88',
      deleted: true,
      updatedAt: '2026-11-20T10:00:00.000Z',
    });
    expect(postOf(cloudevents, { id: '88' }, { headers: { 'ce-type': 'com.chirper.post.deleted' } }).deleted).toBe(true);
  });

  test.each(['deleted', 'removed', 'delete', 'deleted.v1'])('a deletion by the type …%s', (type) => {
    expect(postOf(cloudevents, event(type, { data: { id: '88' } }))).toMatchObject({
      id: '88',
      deleted: true,
      updatedAt: '2026-11-20T10:00:00.000Z',
    });
  });

  test('the ID of an event is never that of a post', () => {
    expect(mapWith(cloudevents, event('created', { data: { text: 'Brixomel' } }))).toBe('missing-id');
    expect(postOf(cloudevents, event('undeleted', { data })).deleted).toBe(false);
  });
});
