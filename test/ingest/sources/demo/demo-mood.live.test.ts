import { afterAll, beforeAll, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer, type Scorer } from '../../../../dist/infer/scorer.js';
import { createBrandMatcher } from '../../../../src/ingest/brands/brand-matcher.ts';
import { demoBrands } from '../../../../src/ingest/sources/demo/demo-brands.ts';
import { createLog } from '../../../../src/lib/log.ts';
import { modelUnderTest } from '../../../infer/model-under-test.ts';
import { requirePredictions } from '../../../infer/sample-posts.ts';
import { postsFrom, quietBefore, strongestMoment } from './scenario-posts.ts';

const clearly = 0.25;
const { match } = createBrandMatcher(demoBrands);
let scorer: Scorer;

beforeAll(async () => {
  scorer = await createScorer({ models: [{ path: modelUnderTest }], workers: 2, cacheSize: 0, log: createLog('silent') });
});
afterAll(() => scorer.close());

/** Net sentiment of 400 English posts about a brand, from a moment on. */
async function netSentiment(brand: string, time: number): Promise<number> {
  const posts = postsFrom(time, 400, ({ lang, text }) => lang === 'en' && match(text).includes(brand));
  const predictions = requirePredictions(await scorer.score(posts));
  const shareOf = (wanted: string) => predictions.filter(({ label }) => label === wanted).length / predictions.length;
  return shareOf('positive') - shareOf('negative');
}

// The one that is liked best on an ordinary day, and the one that is liked least.
test.each(['Brunoko', 'Kestrivo'])('the model sees a crisis and a success of %s', async (brand) => {
  const [crisis, success] = [strongestMoment('crisis', brand).time, strongestMoment('success', brand).time];
  const inCrisis = await netSentiment(brand, crisis);
  const ordinarily = await netSentiment(brand, quietBefore(crisis));
  const inSuccess = await netSentiment(brand, success);
  expect(ordinarily - inCrisis).toBeGreaterThan(clearly);
  expect(inSuccess - ordinarily).toBeGreaterThan(clearly);
});
