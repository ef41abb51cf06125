import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapping } from '../../../src/config/mapping.ts';
import { proposeMapping } from '../../../src/ingest/inspect/propose-mapping.ts';
import { compileMapping } from '../../../src/ingest/mapping/parse-message.ts';

const key = fc.oneof(
  fc.constantFrom('id', 'text', 'created_at', 'user', 'items', 'a.b', '$type', 'x[0]', '__proto__', "it's"),
  fc.string({ maxLength: 8 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      'My Brixomel sings in the morning',
      '2026-11-20T10:00:00Z',
      '2026-11-20',
      '10:00:00',
      'k7f3a90c1',
      'ines_k',
      '{"text":"It sings every morning"}',
      7,
      3.5,
      true,
      null,
      '',
    ),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
}));

test('any messages have a proposal that the config accepts, or none', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 8 }), (messages) => {
      // What comes from JSON has no properties besides its own.
      const proposal = proposeMapping(JSON.parse(JSON.stringify(messages)));
      if (proposal === undefined) return;
      expect(mapping.safeParse(proposal)).toMatchObject({ success: true });
      compileMapping(proposal);
    }),
    { numRuns: 1_000 },
  );
});

test('hostile messages take no longer than others', () => {
  const startedAt = performance.now();
  proposeMapping([
    { id: 1, text: '<p'.repeat(100_000) },
    { id: 2, text: 'a 1 '.repeat(60_000) },
    { id: 3, [`${'a_'.repeat(100_000)}id`]: 'x' },
  ]);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
