import { expect, it } from 'vitest';
import {
  formatAge,
  formatClock,
  formatLanguage,
  formatLength,
  formatMoment,
  formatSpan,
  formatTick,
  nothing,
} from '../../src/web/format.ts';

it.each(['1', 'en_US', 'a', 'x'.repeat(200), '-'])('tells %j, which is no language tag, as it is', (code) => {
  expect(formatLanguage(code)).toBe(code);
});

it('tells a language in words', () => {
  expect([formatLanguage('de'), formatLanguage('und')]).toEqual(['German', 'not known']);
});

it('has a dash for a date that is none', () => {
  const span = { from: 'never', to: '2026-11-01T00:00:00.000Z' };
  expect([
    formatClock('never', 'UTC'),
    formatSpan(span, 'UTC'),
    formatMoment(Number.NaN, 'UTC', 'hour'),
    formatTick(Number.NaN, 'UTC', span),
    formatAge('never', 0),
    formatLength(Number.NaN),
  ]).toEqual(Array.from({ length: 6 }, () => nothing));
});
