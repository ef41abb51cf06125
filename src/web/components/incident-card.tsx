import type { ExamplePost } from '../../domain/alert.ts';
import { fetchIncident, type Incident, type IncidentDetail } from '../api/alerts.ts';
import { formatCount, formatFactor, formatNetSentiment, formatPlural, formatRelativeChange } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { useQuery } from '../state/use-query.ts';
import type { ViewState } from '../state/view-state.ts';
import { describeSpan, labelOf, metricTitle, rangeAround } from './incident.ts';
import { ViewLink } from './view-link.tsx';

const refreshMs = 60_000;
const maxTerms = 4;

interface Props {
  readonly incident: Incident;
  readonly timeZone: string;
}

/** An incident at a glance: which brand, how bad, since when, and why. Its height does not change when the story arrives. */
export function IncidentCard({ incident, timeZone }: Props) {
  const story = useIncident(incident.id);
  return (
    <article class={`incident ${incident.isAdverse ? 'adverse' : ''}`}>
      <IncidentHead incident={incident} timeZone={timeZone} />
      <Story story={story.isStale ? undefined : story.data} hasFailed={story.error !== undefined} />
      <p class="card-actions">
        <ViewLink class="quiet-button" to={incidentView(incident)}>
          View incident
        </ViewLink>
        <ViewLink class="quiet-button" to={postsOf(incident)}>
          View posts
        </ViewLink>
      </p>
    </article>
  );
}

export const useIncident = (id: string) => useQuery(`incident ${id}`, (signal) => fetchIncident(id, signal), refreshMs);

/** The brand, the worst value, the volume and the time of an incident. */
export function IncidentHead({ incident, timeZone }: Props) {
  const { brand, worst, volume, resolvedAt } = incident;
  return (
    <header>
      <h2>
        <ViewLink to={incidentView(incident)}>
          <bdi>{brandTitle(brand)}</bdi>
        </ViewLink>
        <span class={`state ${resolvedAt === null ? 'on' : ''}`}>{resolvedAt === null ? 'Ongoing' : 'Resolved'}</span>
      </h2>
      <p class="incident-value">
        {worst.metric === 'noData' ? (
          'No posts received'
        ) : (
          <>
            <b>{worst.metric === 'netSentiment' ? formatNetSentiment(worst.observed) : formatCount(Math.round(worst.observed))}</b>{' '}
            {metricTitle(worst)}{' '}
            <span class="quiet">
              (expected {worst.metric === 'netSentiment' ? formatNetSentiment(worst.expected) : formatCount(Math.round(worst.expected))})
            </span>
          </>
        )}
      </p>
      <p class="quiet">{describeSpan(incident, timeZone)}</p>
      <p class="quiet">{volume && describeVolume(volume)}</p>
    </header>
  );
}

function describeVolume({ observed, expected, direction }: Incident['worst']): string {
  const change =
    direction === 'up' && expected >= 1 && observed < 10 * expected
      ? `${formatFactor(Math.round((10 * observed) / expected) / 10)}× the expected volume`
      : `Volume ${formatRelativeChange(observed, expected)}`;
  return `${change} (${formatPlural(Math.round(observed), 'post')})`;
}

/** Key terms and one quoted post; the space is kept while they load. */
function Story({ story, hasFailed }: { readonly story: IncidentDetail | undefined; readonly hasFailed: boolean }) {
  const [example] = story?.examples ?? [];
  if (!story) return <div class="story">{hasFailed && <p class="quiet">The posts could not be read.</p>}</div>;
  return (
    <div class="story">
      <Terms terms={story.terms.slice(0, maxTerms)} />
      {example ? <Quote example={example} /> : <p class="quiet">No sample posts.</p>}
    </div>
  );
}

export function Terms({ terms }: { readonly terms: readonly string[] }) {
  if (terms.length === 0) return null;
  return (
    <ul class="topics" aria-label="Key terms">
      {terms.map((term) => (
        <li key={term} class="term-tag">
          <bdi>{term}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Quote({ example: { text, author, platform, posts, isOfficial } }: { readonly example: ExamplePost }) {
  return (
    <figure>
      <blockquote dir="auto">{text}</blockquote>
      <figcaption class="quiet">
        <bdi>{author ? `@${author.replace(/^@/, '')}` : 'Unknown author'}</bdi> on <bdi>{platform}</bdi>
        {isOfficial && ' · official account'}
        {posts > 1 && ` · ${formatPlural(posts - 1, 'similar post')}`}
      </figcaption>
    </figure>
  );
}

/** The incident's own page, with its chart zoomed to it. */
export const incidentView = (incident: Incident): Partial<ViewState> => ({
  page: 'incident',
  incident: incident.id,
  brands: incident.brand === '*' ? [] : [incident.brand],
  customRange: rangeAround(incident, Date.now()),
});

export function postsOf({ brand, from, resolvedAt, worst }: Incident): Partial<ViewState> {
  const label = labelOf(worst);
  return {
    page: 'posts',
    brands: brand === '*' ? [] : [brand],
    customRange: { from, to: resolvedAt ?? new Date().toISOString() },
    // The brand's own statements are not what customers say.
    filter: { ...(label && { label }), sort: 'impact', official: 'exclude' },
  };
}
