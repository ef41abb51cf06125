import type { PostCounts } from '../api/history.ts';
import { formatDateTime, formatPlural } from '../format.ts';
import { navigate } from '../state/router.ts';
import type { TimeRange } from '../state/view-state.ts';
import { timeZone } from '../state/zone.ts';

const height = 44;
/** From the bottom up. */
const labels = ['negative', 'neutral', 'positive', 'unscored'] as const;

/** When the posts of a search were created, as small stacked bars. A click selects the time of a bar. */
export function PostTrend({ counts: { buckets, bucketMs }, range }: { readonly counts: PostCounts; readonly range: TimeRange }) {
  const zone = timeZone();
  const first = Date.parse(buckets[0]?.start ?? '');
  // Ranges relative to now have no start of their own here; buckets are counted from it.
  const from = range.from.startsWith('now') ? first : Math.min(first, Date.parse(range.from));
  const last = Date.parse(buckets.at(-1)?.start ?? '');
  const count = Math.max(1, Math.round((last - from) / bucketMs) + 1);
  const most = Math.max(1, ...buckets.map(sumOf));
  const select = (event: MouseEvent): void => {
    if (!(event.currentTarget instanceof Element)) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const start = from + Math.floor(((event.clientX - left) / width) * count) * bucketMs;
    navigate({ customRange: { from: new Date(start).toISOString(), to: new Date(start + bucketMs).toISOString() } });
  };
  return (
    <figure class="post-trend">
      {/* By keyboard, the charts of the overview lead to the posts of a bucket. */}
      <button type="button" tabIndex={-1} aria-label="Select a part of the range" onClick={select}>
        <svg viewBox={`0 0 ${count} ${height}`} preserveAspectRatio="none" role="img" aria-label="Posts over time, by label">
          {buckets.map((bucket) => {
            const x = Math.round((Date.parse(bucket.start) - from) / bucketMs);
            let y = height;
            return (
              <g key={bucket.start}>
                <title>{`${formatDateTime(bucket.start, zone)}: ${formatPlural(sumOf(bucket), 'post')}`}</title>
                <rect class="target" x={x} y={0} width={1} height={height} />
                {labels.map((label) => {
                  const size = (height * bucket[label]) / most;
                  y -= size;
                  return <rect key={label} class={label} x={x + 0.08} y={y} width={0.84} height={size} />;
                })}
              </g>
            );
          })}
        </svg>
      </button>
      <figcaption class="quiet">
        <span>{formatDateTime(new Date(from).toISOString(), zone)}</span>
        <span>{formatDateTime(new Date(last + bucketMs).toISOString(), zone)}</span>
      </figcaption>
    </figure>
  );
}

const sumOf = ({ negative, neutral, positive, unscored }: PostCounts['buckets'][number]): number =>
  negative + neutral + positive + unscored;
