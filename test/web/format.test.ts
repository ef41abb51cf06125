import { expect, it } from 'vitest';
import {
  formatAge,
  formatAuthor,
  formatBucketStart,
  formatDateTime,
  formatDuration,
  formatLanguage,
  formatTicks,
  formatTimeRange,
  noValue,
} from '../../src/web/format.ts';

it.each(['1', 'en_US', 'a', 'x'.repeat(200), '-'])('returns %j unchanged, which is not a language tag', (code) => {
  expect(formatLanguage(code)).toBe(code);
});

it('names a language', () => {
  expect([formatLanguage('de'), formatLanguage('und')]).toEqual(['German', 'unknown']);
});

it('shows a dash for an invalid date', () => {
  const range = { from: 'never', to: '2026-11-01T00:00:00.000Z' };
  expect([
    formatDateTime('never', 'UTC'),
    formatTimeRange(range, 'UTC'),
    formatBucketStart(Number.NaN, 'UTC', 'hour'),
    formatTicks([Number.NaN], 'UTC', range)[0]?.split('\n')[0],
    formatAge('never', 0),
    formatDuration(Number.NaN),
  ]).toEqual(Array.from({ length: 6 }, () => noValue));
});

it('names an author by handle, name or ID', () => {
  const id = 'did:plc:qk3v7nxzyoun6zhxrhs6abcd';
  expect(formatAuthor({ id, handle: 'ines.example', name: 'Ines' })).toBe('@ines.example');
  expect(formatAuthor({ id, handle: '', name: 'Ines' })).toBe('Ines');
  expect(formatAuthor({ id, handle: '', name: '' })).toBe('did:plc:qk3v7n…s6abcd');
  expect(formatAuthor({ id: '1164149377' })).toBe('1164149377');
});

it('says the date where it changes, and the year if it is another one', () => {
  const hours = (...list: readonly number[]): number[] => list.map((hour) => Date.UTC(2024, 10, 27, hour) / 1_000);
  const day = { from: '2024-11-27T18:00:00Z', to: '2024-11-28T06:00:00Z' };
  expect(formatTicks(hours(20, 22, 24, 26), 'UTC', day)).toEqual(['20:00\nNov 27, 2024', '22:00', '00:00\nNov 28, 2024', '02:00']);
  const week = { from: '2024-11-27T00:00:00Z', to: '2024-12-01T00:00:00Z' };
  expect(formatTicks(hours(0, 12, 24), 'UTC', week)).toEqual(['00:00\nNov 27, 2024', '12:00', '00:00\nNov 28, 2024']);
  expect(formatTicks(hours(0, 24, 48), 'UTC', week)).toEqual(['Nov 27, 2024', 'Nov 28, 2024', 'Nov 29, 2024']);
  expect(formatTicks(hours(0, 24 * 31), 'UTC', { from: '2024-01-01T00:00Z', to: '2024-12-31T00:00Z' })).toEqual(['Nov 24', 'Dec 24']);
});
