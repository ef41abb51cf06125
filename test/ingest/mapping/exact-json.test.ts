import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../src/ingest/mapping/exact-json.ts';
import { mapMessage, mapPost } from './map-message.ts';

describe('numbers in JSON', () => {
  it('keep their digits, whatever surrounds them', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('"', '\\', ':', ',', '[', '{', ' ', '9007199254740993', '12345678901234567890'), fc.string()),
    });
    const number = fc.oneof(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, number), { minLength: 1 }), (entries) => {
        const json = `[${entries.map(([key, value]) => `{${JSON.stringify(key)}:${value}}`).join(', ')}]`;
        const exact = (value: bigint): unknown => (Number.isSafeInteger(Number(value)) ? Number(value) : { $numberLong: String(value) });
        expect(parseExactJson(json)).toEqual(entries.map(([key, value]) => Object.fromEntries([[key, exact(value)]])));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are plain numbers where those are exact, and the same ones otherwise', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(parseExactJson(JSON.stringify(value)));
        expect(JSON.parse(text.replace(/\{"\$number(?:Long|Decimal)":"([^"]*)"\}/g, '$1'))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double({ min: -1e14, max: 1e14, noNaN: true }), (integer, decimal) => {
        expect(parseExactJson(JSON.stringify([integer, decimal]))).toEqual(JSON.parse(JSON.stringify([integer, decimal])));
      }),
    );
  });

  it('are read in linear time', () => {
    const started = performance.now();
    parseExactJson(`{"a":[${'9007199254740993,'.repeat(14_000)}1],"b":"${'\\"'.repeat(10_000)}"}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('an id', () => {
  const idOf = (json: string): string => mapPost(`{"platform":"m","text":"x","id":${json}}`).id;

  it.each([
    ['9007199254740991', '9007199254740991'],
    ['9007199254740993', '9007199254740993'],
    ['1991822400000000001', '1991822400000000001'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['"01"', '01'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['-5', '-5'],
    ['0', '0'],
    ['"sp "', 'sp '],
    ['{"$oid":"65f0c2"}', '65f0c2'],
    ['{"$numberLong":"42"}', '42'],
    ['"a","id":"b"', 'b'],
  ])('%s is %s', (json, expected) => {
    expect(idOf(json)).toBe(expected);
  });

  it.each([
    ['1.5', 'bad-id'],
    ['9007199254740990.6', 'bad-id'],
    ['1e20', 'bad-id'],
    ['true', 'wrong-type'],
    ['["a"]', 'wrong-type'],
    ['{"id":1}', 'wrong-type'],
    ['{"$oid":7}', 'wrong-type'],
    ['NaN', 'not-json'],
  ])('%s is %s', (json, reason) => {
    expect(mapMessage(`{"platform":"m","text":"x","id":${json}}`)).toEqual({ posts: [], rejected: reason });
  });

  it('of the author and of the post replied to is as exact', () => {
    const json = '{"platform":"m","id":1,"text":"x","author":{"id":1164149377532907521,"handle":"ines"},"inReplyTo":1991822400000000001}';
    expect(mapPost(json)).toMatchObject({ author: { id: '1164149377532907521', handle: 'ines' }, inReplyTo: '1991822400000000001' });
  });

  it('of an author who has only a name is the name', () => {
    expect(mapPost({ platform: 'm', id: 1, text: 'x', author: { name: 'Ines' } }).author).toEqual({ id: 'Ines', name: 'Ines' });
  });
});

describe('a count', () => {
  it.each<[string, number | undefined]>([
    ['"42"', 42],
    ['" 42 "', 42],
    ['"4.9"', 4],
    ['-12', 0],
    ['"-12"', 0],
    ['{"$numberLong":"42"}', 42],
    ['12345678901234567890', 4_294_967_295],
    ['"99999999999999999999"', 4_294_967_295],
    ['1e400', undefined],
    ['"1e3"', undefined],
    ['"1,234"', undefined],
    ['"many"', undefined],
    ['""', undefined],
    ['true', undefined],
    ['[1]', undefined],
  ])('%s is %s', (json, likes) => {
    const post = mapPost(`{"platform":"m","text":"x","id":1,"engagement":{"likes":${json}},"author":{"id":1,"followers":${json}}}`);
    expect([post.engagement?.likes, post.author?.followers]).toEqual([likes, likes]);
  });
});

describe('a rating', () => {
  it.each<[unknown, number | undefined]>([
    [1, 1],
    [5, 5],
    ['4', 4],
    ['4.0', 4],
    [0, undefined],
    [6, undefined],
    [4.5, undefined],
    ['FIVE', undefined],
    [null, undefined],
  ])('%j is %s', (rating, expected) => {
    expect(mapPost({ platform: 'm', id: 1, text: 'x', rating }).rating).toBe(expected);
  });
});

describe('a language', () => {
  it.each<[unknown, string | undefined]>([
    ['en', 'en'],
    ['PT_br', 'pt-br'],
    [['en'], 'en'],
    [['en', 'de'], undefined],
    [[], undefined],
    [[7], undefined],
    ['English', undefined],
    ['', undefined],
    ['und', undefined],
  ])('%j is %s', (lang, expected) => {
    expect(mapPost({ platform: 'm', id: 1, text: 'x', lang }).lang).toBe(expected);
  });
});
