import type { ScoredPost, StoredLabel } from '../../src/domain/post.ts';
import { scoredPost } from './scored-post.ts';

export const historyBrands = ['Kestrivo', 'Brunoko', 'Puddlefit'] as const;
export const historyConfig = { brands: historyBrands.map((name) => ({ name })) };

const platforms = ['chirper', 'murmur'] as const;
const labels = ['negative', 'positive', 'neutral'] as const satisfies readonly StoredLabel[];
const openings = {
  negative: ['Awful', 'Terrible day', 'Never again', 'Furious', 'So disappointed'],
  positive: ['Delightful', 'Great news', 'Impressed', 'Well done', 'Lovely surprise'],
  neutral: ['Noted', 'Just saw', 'Question', 'Reminder', 'Today'],
} as const;
const subjects = {
  negative: ['the refund never came', 'the refund took weeks', 'the app crashed twice', 'no refund after the crash', 'the battery died'],
  positive: ['the battery lasts', 'the battery is superb', 'fast delivery', 'the new battery is brilliant', 'friendly support'],
  neutral: ['the shop opens at nine', 'a new model is out', 'where is the manual', 'the event is on Friday', 'the price is listed'],
} as const;
const endings = ['in Leeds', 'on Monday', 'for my sister', 'since the update', 'at the station', 'again', 'before lunch'] as const;

const minuteMs = 60_000;

/** Scored posts up to now: in every minute one of each label about each brand, with varied texts. */
export function brandHistory(hours = 3, now = Date.now()): readonly ScoredPost[] {
  return Array.from({ length: hours * 60 }, (_, minute) =>
    historyBrands.flatMap((brand, place) =>
      labels.map((label, index) => post(brand, label, now - minute * minuteMs, 7 * minute + place + index)),
    ),
  ).flat();
}

function post(brand: string, label: (typeof labels)[number], at: number, seed: number): ScoredPost {
  const pick = <T>(list: readonly T[], stride: number): T => list[(seed * stride + Math.floor(seed / list.length)) % list.length] as T; // the index is in range
  const text = `${pick(openings[label], 1)}: ${pick(subjects[label], 3)} with my ${brand} ${pick(endings, 5)}, order ${seed * 13}`;
  const probabilities = { negative: 0.1, neutral: 0.1, positive: 0.1, [label]: 0.8 };
  return scoredPost({
    id: `${brand}-${label}-${at}`,
    platform: pick(platforms, 1),
    text,
    createdAt: new Date(at).toISOString(),
    brands: [brand],
    author: { id: `${seed}`, handle: `writer${seed % 97}`, followers: seed % 500 },
    label,
    ...probabilities,
    score: probabilities.positive - probabilities.negative,
    confidence: 0.8,
  });
}
