import { expect, it } from 'vitest';
import { corrected, saidOf } from '../../../src/web/state/corrected.ts';
import { scoredPost } from '../../support/scored-post.ts';

const at = Date.UTC(2026, 10, 3);
const post = scoredPost({ id: '1', label: 'positive' });

it('keeps what the model says, however often a post is corrected, and goes back to it', () => {
  const once = corrected(post, 'negative', 'ines', at);
  expect(once).toMatchObject({ label: 'negative', correction: { modelLabel: 'positive', by: 'ines', at: '2026-11-03T00:00:00.000Z' } });
  const twice = corrected(once, 'neutral', '', at);
  expect(twice).toMatchObject({ label: 'neutral', correction: { modelLabel: 'positive' } });
  expect(corrected(twice, null, 'ines', at)).toEqual(post);
  expect([post, once, twice].map(saidOf)).toEqual([null, 'negative', 'neutral']);
});
