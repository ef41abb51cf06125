import type { BrandPreview } from '../api/settings.ts';
import { formatDay, formatInteger, formatPlural } from '../format.ts';
import { timeZone } from '../state/zone.ts';
import { PostCard } from './post-card.tsx';

/** What a brand would have matched in the last 30 days: a count, a bar per day, and a sample of posts. */
export function PreviewResult({
  preview,
  words,
  isNew,
}: {
  readonly preview: BrandPreview;
  readonly words: readonly string[];
  readonly isNew: boolean;
}) {
  const { posts, known, isEstimate, days, examples } = preview;
  return (
    <section class="brand-preview" aria-label="Preview">
      <p role="status">
        <b>
          {isEstimate && 'about '}
          {formatPlural(posts, 'post')}
        </b>{' '}
        of the last 30 days {posts === 1 ? 'matches' : 'match'}
        {!isNew && `; ${formatInteger(known)} of them ${known === 1 ? 'counts' : 'count'} for this brand now`}.
      </p>
      {posts > 0 && <DayBars days={days} />}
      {examples.length > 0 && (
        <>
          <h4>A random sample</h4>
          <ul class="cards">
            {examples.map((post) => (
              <li key={`${post.platform} ${post.id}`}>
                <PostCard
                  post={post}
                  now={Date.now()}
                  timeZone={timeZone()}
                  words={words.map((text) => ({ kind: 'phrase' as const, text }))}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const barWidth = 10;
const height = 48;

/** Posts per day, as bars. Screen readers get a sentence. */
function DayBars({ days }: { readonly days: BrandPreview['days'] }) {
  const highest = Math.max(1, ...days.map(({ posts }) => posts));
  const busiest = days.find(({ posts }) => posts === highest);
  const [first, last] = [formatDay(days[0]?.day ?? ''), formatDay(days.at(-1)?.day ?? '')];
  return (
    <figure class="day-bars">
      <svg
        viewBox={`0 0 ${days.length * barWidth} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Posts per day from ${first} to ${last}; most on ${formatDay(busiest?.day ?? '')}: ${formatInteger(highest)}`}
      >
        {days.map(({ day, posts }, index) => {
          const bar = posts === 0 ? 0 : Math.max(1.5, (posts / highest) * height);
          return (
            <rect key={day} x={index * barWidth + 1} y={height - bar} width={barWidth - 2} height={bar}>
              <title>{`${formatDay(day)}: ${formatPlural(posts, 'post')}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption class="quiet">
        <span>{first}</span>
        <span>up to {formatPlural(highest, 'post')} a day</span>
        <span>{last}</span>
      </figcaption>
    </figure>
  );
}
