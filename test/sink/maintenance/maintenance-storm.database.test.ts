import { afterAll, beforeAll, expect, test } from 'vitest';
import { labels, type ScoredPost, type StoredLabel } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { createRandom } from '../../../src/lib/random.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { applyCorrection } from '../../../src/sink/maintenance/corrections.ts';
import { erase } from '../../../src/sink/maintenance/erase.ts';
import { reapplyBrands } from '../../../src/sink/maintenance/reapply-brands.ts';
import { markRange } from '../../../src/sink/queries/rollups.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { type CountedPost, referenceCounts, storedCounts } from '../../support/reference-counts.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const minute = 60_000;
const day = 1_440 * minute;
const noon = Math.floor(Date.now() / day) * day - day / 2;
const range = { from: noon / 1_000, to: noon / 1_000 + 3_600 };
const rounds = 10;

let db: Database;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
});
afterAll(() => remove());

/** What one process has of the database, over connections of its own. */
function openProcess(writer: Database['writer'], maintenance: Database['maintenance']) {
  const parts = { db: { ...db, kind: 'server' as const, writer, maintenance }, clock: systemClock, log: quiet, metrics: createMetrics() };
  return { db: parts.db, writer: createWriter(parts), rollups: createRollups(parts) };
}
type Process = ReturnType<typeof openProcess>;

const rules = (names: readonly string[]) => ({ hash: names.join(), match: (text: string) => names.filter((name) => text.includes(name)) });
const oldRules = rules(['Kestrel', 'Marlow']);
const newRules = rules(['Kestrel', "O'Hare", '猫屋']);

/** What both single precision and a few decimals hold exactly: sums then don't hang on who adds up. */
const sixtyFourths = (value: number): number => Math.round(64 * value) / 64;

function createChance(seed: number) {
  const random = createRandom(seed);
  // The lists are never empty.
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const key = () => ({ platform: pick(['chirper', 'pictogram']), id: `${Math.floor(random() * 120)}` });
  const post = (): ScoredPost => {
    const label = pick<StoredLabel>([...labels, 'unscored']);
    const text = ['Kestrel', 'Marlow', "O'Hare", '猫屋'].filter(() => random() < 0.4).join(' ');
    const several = label === 'unscored' || oldRules.match(text).length < 2 ? [] : oldRules.match(text).filter(() => random() < 0.7);
    const brandSentiment = several.map((brand) => {
      const [negative, positive] = [sixtyFourths(random() / 2), sixtyFourths(random() / 2)];
      return { brand, label: pick(labels), negative, neutral: 1 - negative - positive, positive };
    });
    return scoredPost({
      ...key(),
      text,
      createdAt: new Date(noon + Math.floor(random() * 40 * minute)).toISOString(),
      updatedAt: new Date(noon + Math.floor(random() * 20) * minute).toISOString(),
      deleted: random() < 0.1,
      lang: pick(['en', 'de']),
      brands: oldRules.match(text),
      brandsHash: oldRules.hash,
      label,
      brandSentiment,
      score: label === 'unscored' ? 0 : sixtyFourths(random() * 2 - 1),
      author: { id: `author ${Math.floor(random() * 40)}` },
      engagement: { likes: Math.floor(random() * 1_000), reposts: 0, replies: 0 },
    });
  };
  return { random, pick, key, post };
}

/** One process's share of the storm; answers with what it erased. */
async function rage({ db: own, writer, rollups }: Process, seed: number): Promise<string[]> {
  const { random, pick, key, post } = createChance(seed);
  const erased: string[] = [];
  const silent = (): void => {};
  const acts = [
    async () => {
      const batch = Array.from({ length: 1 + Math.floor(random() * 60) }, post);
      await writer.write(batch);
      if (random() < 0.4) await writer.write(batch.slice(3));
    },
    () => applyCorrection(own, { posts: key(), label: pick([...labels, undefined]), by: 'ines', reason: '' }),
    () => {
      const posts = { from: noon, to: noon + Math.floor(random() * 30) * minute, brand: pick(['*', 'Marlow']), label: pick(labels) };
      return applyCorrection(own, { posts, label: pick(labels), by: 'ines', reason: '' });
    },
    () => reapplyBrands({ db: own, clock: systemClock, matcher: pick([oldRules, newRules]) }, range, silent),
    () => markRange(own.maintenance, range),
    async () => {
      const kind = pick(['post', 'post', 'author'] as const);
      const doomed = { kind, ...key(), ...(kind === 'author' && { id: `author ${Math.floor(random() * 40)}` }) };
      await erase({ client: own.maintenance, clock: systemClock }, doomed, silent);
      if (kind === 'post') erased.push(`${doomed.platform}:${doomed.id}`);
    },
  ];
  rollups.start();
  for (let round = 0; round < rounds; round++) {
    await acts[0]?.();
    await pick(acts)();
  }
  await rollups.stop();
  return erased;
}

interface Raw extends Omit<CountedPost, 'engagement' | 'author'> {
  readonly id: string;
  readonly at: number;
  readonly lang: string;
  readonly brands: readonly string[];
  readonly brandSentiment: readonly (readonly [brand: string, label: StoredLabel, score: number])[];
  readonly likes: number | string;
  readonly author_id: string;
}

/** Every post that is stored, with its correction: put together here, not by the view that the figures come from. */
async function readRaw() {
  const posts = await queryRows<Raw>(
    db,
    `SELECT platform, id, toUnixTimestamp(minute) AS at, lang, brands, label, score, likes, author_id,
      arrayMap((brand, label, minus, plus) -> tuple(brand, label, toFloat64(plus) - minus),
        brand_sentiment_brands, brand_sentiment_labels, brand_sentiment_negative, brand_sentiment_positive) AS brandSentiment
    FROM posts FINAL WHERE NOT deleted`,
  );
  const corrections = await queryRows<{ platform: string; id: string; correction: string }>(
    db,
    'SELECT platform, id, argMax(correction, corrected_at) AS correction FROM corrections GROUP BY platform, id',
  );
  const said = new Map(corrections.map(({ platform, id, correction }) => [`${platform}:${id}`, correction]));
  return posts.map((post) => {
    const label = labels.find((one) => one === said.get(`${post.platform}:${post.id}`));
    const judged = label ? { label, score: labels.indexOf(label) - 1, brandSentiment: [] } : {};
    const engagement = { likes: Number(post.likes), reposts: 0, replies: 0 };
    return { ...post, ...judged, at: Number(post.at), engagement, author: { id: post.author_id } };
  });
}

test('after a storm of posts, edits, deletions, corrections, other brands and erasures by two processes, every figure is that of the rows', async () => {
  const processes = [openProcess(db.writer, db.maintenance), openProcess(db.maintenance, db.writer)] as const;
  const erased = (await Promise.all(processes.map((process, index) => rage(process, 20_261_123 + index)))).flat();
  await Promise.all(processes.map(({ rollups }) => rollups.catchUp()));
  await processes[0].rollups.catchUp();
  const raw = await readRaw();
  const group = (keyOf: (post: (typeof raw)[number], brand: string) => unknown[]) => {
    const groups = new Map<string, CountedPost[]>();
    for (const post of raw)
      for (const brand of ['*', ...post.brands]) {
        const key = JSON.stringify(keyOf(post, brand));
        const [, label, score] = post.brandSentiment.find(([one]) => one === brand) ?? [brand, post.label, post.score];
        groups.set(key, [...(groups.get(key) ?? []), { ...post, label, score }]);
      }
    return new Map([...groups].map(([key, posts]) => [key, referenceCounts(posts)]));
  };
  expect(await storedCounts(db, 'minute', 'rollup_minute', 'minute, brand')).toEqual(group(({ at }, brand) => [at, brand]));
  expect(await storedCounts(db, 'bucket', 'rollup_15m', 'bucket, brand, platform, lang')).toEqual(
    group(({ at, platform, lang }, brand) => [at - (at % 900), brand, platform, lang]),
  );
  const present = new Set(raw.map(({ platform, id }) => `${platform}:${id}`));
  expect(erased.filter((key) => present.has(key))).toEqual([]);
  const apart = raw.filter(({ brandSentiment }) => brandSentiment.length > 0);
  expect([raw.length > 50, erased.length > 0, apart.length > 3]).toEqual([true, true, true]);
}, 120_000);
