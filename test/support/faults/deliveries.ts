import { labels, type ScoredPost } from '../../../src/domain/post.ts';
import { scoredPost } from '../scored-post.ts';

const minuteMs = 60_000;
const spanMinutes = 90;

/** Out-of-order deliveries: posts, edits, deletions, and duplicates with other timestamps. */
export function unorderedDeliveries(random: () => number, count: number): ScoredPost[] {
  const start = Math.floor(Date.now() / minuteMs) * minuteMs - 24 * 60 * minuteMs;
  const at = (index: number): string => new Date(start + Math.floor(random() * spanMinutes) * minuteMs + (index % minuteMs)).toISOString();
  return Array.from({ length: count }, (_, index) => {
    // A quarter of the deliveries repeat an earlier post.
    const id = random() < 0.25 ? Math.floor(random() * index) : index;
    const label = labels[Math.floor(random() * labels.length)] ?? 'neutral';
    const deleted = random() < 0.05;
    return scoredPost({
      id: `${id}`,
      createdAt: at(index),
      updatedAt: at(index),
      deleted,
      label,
      brands: random() < 0.5 ? ['Kestrel'] : [],
      position: { topic: 'posts', partition: 0, offset: `${index}` },
    });
  });
}
