import { expect, test } from 'vitest';
import { type PastFigures, replay } from '../../src/alerts/replay.ts';
import { rulesOf } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { LabelCounts } from '../../src/domain/sentiment-counts.ts';
import { createRandom } from '../../src/lib/random.ts';

const minute = 60_000;
const quarter = 15 * minute;
const day = 86_400_000;
const to = Date.UTC(2026, 4, 20);
const from = to - 2 * day;
const since = from - 15 * day;
const incident = { from: from + 20 * 60 * minute, to: from + 22 * 60 * minute };
const { brands } = configSchema.parse({ brands: [{ name: 'Kestrel' }] });

/** Minutes of some 20 posts, four times as many while the incident lasts; nothing from `end` on. */
function past(end: number): PastFigures {
  const random = createRandom(7);
  const minutes = new Map<number, LabelCounts>();
  const quarters = new Map<number, LabelCounts>();
  for (let time = since; time < end; time += minute) {
    const factor = time >= incident.from && time < incident.to ? 4 : 1;
    const one = (mean: number): number => Math.round(factor * mean * (0.6 + 0.8 * random()));
    const counts = { negative: one(4), neutral: one(8), positive: one(8), unscored: 0 };
    minutes.set(time, counts);
    const start = Math.floor(time / quarter) * quarter;
    const sum = quarters.get(start) ?? { negative: 0, neutral: 0, positive: 0, unscored: 0 };
    quarters.set(start, {
      negative: sum.negative + counts.negative,
      neutral: sum.neutral + counts.neutral,
      positive: sum.positive + counts.positive,
      unscored: 0,
    });
  }
  const both = <T>(buckets: T): Map<string, T> =>
    new Map([
      ['*', buckets],
      ['Kestrel', buckets],
    ]);
  return { minutes: both(minutes), quarters: both(quarters), first: both(since) };
}

const options = { rules: rulesOf([], brands), from, noDataAfterMs: 30 * minute };

test('an incident of the past is told when it began and when it ended, and nothing else is', async () => {
  const changes = await replay({ ...options, past: past(to), to });
  expect(changes.map(({ kind, rule }) => `${kind} ${rule}`)).toEqual(['alert volume', 'resolved volume']);
  const [begun, ended] = changes.map(({ at }) => at);
  expect((begun ?? 0) - incident.from).toBeGreaterThan(0);
  expect((begun ?? 0) - incident.from).toBeLessThanOrEqual(10 * minute);
  expect((ended ?? 0) - incident.to).toBeGreaterThan(0);
  expect((ended ?? 0) - incident.to).toBeLessThanOrEqual(90 * minute);
});

test('what is said of a moment does not change with what came after it', async () => {
  const whole = await replay({ ...options, past: past(to), to });
  for (const end of [incident.from + 3 * minute, incident.from + 30 * minute, incident.to + 5 * minute]) {
    const cut = await replay({ ...options, past: past(end), to: end });
    expect(cut.map(({ id }) => id)).toEqual(whole.filter(({ at }) => at < end).map(({ id }) => id));
  }
});

test('a replay tells how far it is, and heeds who stops it', async () => {
  const stopping = new AbortController();
  const told: number[] = [];
  const report = (done: number): void => {
    told.push(done);
    if (told.length === 3) stopping.abort(new Error('enough'));
  };
  await expect(replay({ ...options, past: past(to), to, report, signal: stopping.signal })).rejects.toThrow('enough');
  expect(told).toEqual([60, 120, 180]);
});
