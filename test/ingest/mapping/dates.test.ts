import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../src/ingest/mapping/dates.ts';
import { parseExactJson } from '../../../src/ingest/mapping/exact-json.ts';
import { now } from '../field-samples.ts';
import { mapMessage, mapPost } from './map-message.ts';

const time = Date.UTC(2026, 5, 14, 10);

describe('a date', () => {
  it.each<[unknown, number]>([
    ['2026-06-14T10:00:00Z', time],
    ['2026-06-14t10:00:00z', time],
    ['2026-06-14T10:00Z', time],
    ['2026-06-14 10:00:00', time],
    ['2026-06-14  10:00:00 UTC', time],
    ['2026-06-14 10:00:00 GMT', time],
    ['2026-06-14 10:00:00+00', time],
    ['2026-06-14T12:00:00+0200', time],
    ['2026-06-14 06:30:00 -03:30', time],
    ['2026-06-14T12:00:00+02:00[Europe/Berlin]', time],
    ['20260614T100000Z', time],
    ['20260614T1000+0000', time],
    ['20260614', Date.UTC(2026, 5, 14)],
    ['2026-06-13T24:00:00Z', Date.UTC(2026, 5, 14)],
    ['2026-06-14T10:00:00.123456789123Z', time + 123],
    ['2026-06-14T10:00:00,5Z', time + 500],
    ['2026-06-14T10:00:00.999999999999Z', time + 999],
    ['2026-06-14T09:59:60Z', time],
    ['Sun, 14 Jun 2026 10:00:00 GMT', time],
    ['Sun, 14 Jun 2026 10:00 +0000', time],
    ['14 Jun 26 12:00:00 +0200 (CEST)', time],
    ['Sunday, 14-Jun-26 10:00:00 GMT', time],
    ['Sun, 14 Jun 2026 06:00:00 EDT', time],
    ['Sun Jun 14 10:00:00 +0000 2026', time],
    ['Sun Jun 14 10:00:00 2026', time],
    ['sun jun 14 10:00:00 utc 2026', time],
    [time / 1_000, time],
    [time, time],
    [time * 1_000 + 999, time],
    [`${time / 1_000}`, time],
    [`${time}`, time],
    [`${time}999`, time],
    [`${time}999999`, time],
    [` ${time / 1_000}.25 `, time + 250],
    [time / 1_000 + 0.123, time + 123],
    [`${time}.9`, time],
    [{ $date: '2026-06-14T10:00:00Z' }, time],
    [{ $date: time }, time],
    [{ $date: { $numberLong: `${time}` } }, time],
    [{ $numberLong: `${time}000000` }, time],
    [{ seconds: time / 1_000, nanos: 500_999_999 }, time + 500],
    [{ seconds: `${time / 1_000}` }, time],
    [`/Date(${time})/`, time],
    [`/Date(${time}+0200)/`, time],
  ])('%j', (value, expected) => {
    expect(parseDate(value)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '06/14/2026',
    '14.06.2026',
    '14/06/2026 10:00',
    '2026-06-31',
    '2026-02-29T00:00:00Z',
    '2026-06-14T24:00:01Z',
    '2026-06-14T25:00:00Z',
    '2026-06-14T10:60:00Z',
    '2026-06-14T10:00:00+15:00',
    '2026-06-14T10:00:00+02:60',
    '2026-06-14T10:00:00 Europe/Berlin',
    '2026-0614',
    '20260632',
    'Sun, 31 Jun 2026 10:00:00 GMT',
    'Sun, 14 Juni 2026',
    '1e9',
    '0x7fffffff',
    '12 345 678',
    `${time}`.padEnd(120, '0'),
    true,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    {},
    [],
    [time],
    { $date: {} },
    { seconds: 'soon' },
    { nanos: 5 },
  ])('is none: %j', (value) => {
    expect(parseDate(value)).toBeUndefined();
  });

  const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) });
  const pad = (value: number, length = 2): string => String(value).padStart(length, '0');
  const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });

  it('is exact in every form, with any zone and any number of digits', () => {
    fc.assert(
      fc.property(instant, offset, fc.stringMatching(/^\d{0,12}$/), (ms, minutes, digits) => {
        const local = new Date(ms + minutes * 60_000).toISOString();
        const sign = minutes < 0 ? '-' : '+';
        const [hours, rest] = [pad(Math.floor(Math.abs(minutes) / 60)), pad(Math.abs(minutes) % 60)];
        expect(parseDate(`${local.slice(0, -1)}${digits}${sign}${hours}:${rest}`)).toBe(ms);
        expect(parseDate(`${local.slice(0, -1).replace(/[-:]/g, '')}${digits}${sign}${hours}${rest}`)).toBe(ms);
        const utc = new Date(ms).toUTCString();
        const seconds = Math.floor(ms / 1_000);
        expect(parseDate(utc)).toBe(seconds * 1_000);
        expect(parseDate(utc.replace(/^(...), (\d\d) (...) (\d{4}) (\S+) GMT$/, '$1 $3 $2 $5 +0000 $4'))).toBe(seconds * 1_000);
        expect(parseDate(`${seconds}.${pad(ms % 1_000, 3)}${digits}`)).toBe(ms);
        expect(parseDate(`${ms}.${digits}`)).toBe(ms);
        expect(parseDate(`${ms}${digits.slice(0, 3).padEnd(3, '0')}`)).toBe(ms);
        expect(parseDate(`${ms}${digits.slice(0, 6).padEnd(6, '0')}`)).toBe(ms);
        expect(parseDate(ms / 1_000)).toBe(ms);
        expect(parseDate(ms * 1_000)).toBe(ms);
        expect(parseDate(parseExactJson(`[${ms}${digits.slice(0, 6).padEnd(6, '9')}]`)?.[0 as never])).toBe(ms);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is none or a time for any text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789-:+.TZt ,/', 'Jan', 'Mon', 'UTC', 'Date('), maxLength: 40 });
    fc.assert(
      fc.property(text, (value) => {
        expect(parseDate(value) ?? 0).not.toBeNaN();
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the version of a post', () => {
  const base = { platform: 'murmur', id: 'p1', text: 'x' };
  const [created, edited, received] = ['2026-06-14T10:00:00.000Z', '2026-06-14T10:05:00.000Z', '2026-06-15T11:59:58.000Z'];

  it.each<[object, string, string]>([
    [{ createdAt: created, updatedAt: edited }, created, edited],
    [{ createdAt: created }, created, created],
    [{ updatedAt: edited }, received, edited],
    [{}, received, received],
    [{ createdAt: '', updatedAt: edited }, received, edited],
    [{ createdAt: false }, received, received],
    [{ createdAt: created, deleted: true }, created, created],
    [{ createdAt: created, deleted: edited }, created, edited],
    [{ createdAt: created, updatedAt: edited, deleted: created }, created, edited],
    [{ deleted: edited }, received, edited],
    [{ deleted: true }, received, received],
    [{ createdAt: 'soon', updatedAt: 'soon', deleted: true }, received, received],
  ])('is updatedAt or the date of the deletion, else createdAt, else the timestamp of the message: %j', (dates, createdAt, updatedAt) => {
    expect(mapPost({ ...base, ...dates })).toMatchObject({ createdAt, updatedAt });
  });

  it.each([null, '', false, 0, 'never', {}, [], '3026-01-01', '1999-01-01', now + 2 * 86_400_000])(
    'takes an updatedAt of %j for absent',
    (updatedAt) => {
      expect(mapPost({ ...base, createdAt: created, updatedAt })).toMatchObject({ createdAt: created, updatedAt: created });
    },
  );

  it.each([
    [0, 'too-old'],
    [true, 'bad-date'],
    ['later', 'bad-date'],
  ])('rejects a createdAt of %j', (createdAt, reason) => {
    expect(mapMessage({ ...base, createdAt })).toEqual({ posts: [], rejected: reason });
  });
});
