import { expect, it } from 'vitest';
import {
  formatAge,
  formatAuthor,
  formatBucketStart,
  formatDateTime,
  formatDuration,
  formatLanguage,
  formatTick,
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
    formatTick(Number.NaN, 'UTC', range),
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
