import { expect, it } from 'vitest';
import { spanName } from '../../src/web/span-name.ts';

it('names a range, or the ends of a stretch on the clock of the zone', () => {
  const days = { from: '2026-10-31T18:30:00.000Z', to: '2026-11-02T18:30:00.000Z' };
  const hours = { from: '2026-11-01T10:00:00.000Z', to: '2026-11-01T12:30:00.000Z' };
  expect(spanName({ range: '7d' }, 'UTC')).toBe('7d');
  expect(spanName({ range: '24h', span: days }, 'Asia/Kolkata')).toBe('2026-11-01 to 2026-11-03');
  expect(spanName({ range: '24h', span: hours }, 'UTC')).toBe('2026-11-01T10:00 to 2026-11-01T12:30');
});
