import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLiveBrands } from '../../src/app/brand-settings.ts';
import { brand as brandSchema } from '../../src/config/ingest.ts';
import type { Database } from '../../src/sink/client/connection.ts';
import { putSetting, readSettingChanges } from '../../src/sink/queries/setting-changes.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { openTestDatabase, quiet } from '../support/test-database.ts';

const clock = createManualClock();
const brandOf = (name: string, ...aliases: string[]) => brandSchema.parse({ name, aliases });
const configured = [brandOf('Kestrel', 'kettle')];
const open = (kind: Database['kind'] = 'embedded') =>
  openLiveBrands({ db: { kind, maintenance: db.maintenance }, configured, clock, log: quiet });
let db: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());

test('a saved brand is matched at once, replaced, found again after a restart, and removed', async () => {
  const brands = await open();
  const { match } = brands.matcher;
  const before = { list: brands.list(), terms: brands.terms(), hash: brands.matcher.hash, matcher: brands.currentMatcher() };
  expect(match('A grey heron on a kettle')).toEqual(['Kestrel']);
  await brands.put(brandOf('Heron'), 'ines');
  expect(match('A grey heron on a kettle')).toEqual(['Kestrel', 'Heron']);
  expect(brands.list().map(({ name }) => name)).toEqual(['Kestrel', 'Heron']);
  expect(brands.terms()).toContain('Heron');
  expect(brands.matcher.hash).not.toBe(before.hash);
  expect([before.list.length, before.terms.includes('Heron'), before.matcher.match('heron')]).toEqual([1, false, []]);
  await brands.put(brandOf('Heron', 'ardea'), 'otto');
  expect(match('ardea')).toEqual(['Heron']);
  const again = await open();
  expect(again.entries()).toMatchObject([
    { isConfigured: true },
    { brand: { aliases: ['ardea'] }, isConfigured: false, changedBy: 'otto' },
  ]);
  expect(await brands.remove('Heron', 'ines')).toBe(true);
  expect(await brands.remove('Heron', 'ines')).toBe(false);
  expect([match('A heron'), (await open()).list().length]).toEqual([[], 1]);
  const log = await readSettingChanges(db.reader, 10);
  expect(
    log.map(({ name, value, previous, changedBy }) => [name, value.includes('ardea'), value === '', previous === '', changedBy]),
  ).toEqual([
    ['Heron', false, true, false, 'ines'],
    ['Heron', true, false, false, 'otto'],
    ['Heron', false, false, true, 'ines'],
  ]);
});

test('the config wins: its brands cannot be changed, in any case of letters, and hide stored ones', async () => {
  const brands = await open();
  await expect(brands.put(brandOf('kestrel'), '')).rejects.toThrow('name: the brand Kestrel is defined in the config; change it there.');
  await expect(brands.remove('Kestrel', '')).rejects.toThrow('defined in the config');
  await brands.put(brandOf('Wren'), '');
  await expect(brands.put(brandOf('WREN'), '')).rejects.toThrow('name: duplicate brand Wren.');
  const later = await openLiveBrands({ db, configured: [...configured, brandOf('WREN', 'troglodytes')], clock, log: quiet });
  expect(later.list().map(({ name }) => name)).toEqual(['Kestrel', 'WREN']);
  await brands.remove('Wren', '');
});

test('another process takes a change over within ten seconds, and ignores a brand that it cannot read', async () => {
  const other = await open('server');
  const following = other.follow();
  await putSetting(db.maintenance, { kind: 'brand', name: 'Rook', value: '{"name":""}', changedBy: '', changedAt: clock.now() });
  await (await open()).put(brandOf('Stork'), '');
  expect(other.list().length).toBe(1);
  await clock.advance(10_000);
  await expect.poll(() => other.list().map(({ name }) => name)).toEqual(['Kestrel', 'Stork']);
  await following.stop();
});
