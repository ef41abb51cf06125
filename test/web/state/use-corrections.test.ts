import { expect, it } from 'vitest';
import { applyCorrection, correctedLabel } from '../../../src/web/state/use-corrections.ts';
import { scoredPost } from '../../support/scored-post.ts';

const at = Date.UTC(2026, 10, 3);
const post = scoredPost({ id: '1', label: 'positive' });

it('keeps the model label through repeated corrections, and restores it', () => {
  const once = applyCorrection(post, 'negative', 'ines', at);
  expect(once).toMatchObject({ label: 'negative', correction: { modelLabel: 'positive', by: 'ines', at: '2026-11-03T00:00:00.000Z' } });
  const twice = applyCorrection(once, 'neutral', '', at);
  expect(twice).toMatchObject({ label: 'neutral', correction: { modelLabel: 'positive' } });
  expect(applyCorrection(twice, null, 'ines', at)).toEqual(post);
  expect([post, once, twice].map(correctedLabel)).toEqual([null, 'negative', 'neutral']);
});
