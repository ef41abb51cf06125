import type { Anomaly } from '../api/alerts.ts';
import { type Drivers, fetchDrivers, fetchPosts, type PostsPage, postKey } from '../api/history.ts';
import { formatInteger, formatPercent } from '../format.ts';
import { navigate } from '../state/router.ts';
import { useQuery } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { anomalyRange, anomalyTitle, describeAnomaly, describeDuration, isAdverse, showOnChart } from './anomaly.ts';
import { Panel } from './panel.tsx';
import { PostCard } from './post-card.tsx';

const refreshMs = 60_000;
const maxCards = 2;
const maxListItems = 6;
const minuteMs = 60_000;
const maxTerms = 4;

interface Props {
  readonly found: readonly Anomaly[];
  readonly timeZone: string;
  readonly hasManyBrands: boolean;
}

/** The anomalies of the range. The most important ones are cards with key terms and sample posts; adverse and ongoing ones come first. */
export function AnomaliesPanel({ found, timeZone, hasManyBrands }: Props) {
  if (found.length === 0) return null;
  const sorted = [...found].sort((a, b) => priority(b) - priority(a) || b.at.localeCompare(a.at));
  const carded = interleaveBrands(sorted.filter(({ evaluation }) => evaluation.metric !== 'noData')).slice(0, hasManyBrands ? maxCards : 1);
  const others = sorted.filter((anomaly) => !carded.includes(anomaly));
  return (
    <Panel title="Anomalies" class="anomalies">
      <div class="anomaly-cards">
        {carded.map((anomaly) => (
          <AnomalyCard key={`${anomaly.brand} ${anomaly.at} ${anomaly.evaluation.metric}`} anomaly={anomaly} timeZone={timeZone} />
        ))}
      </div>
      <ul class="anomaly-list">
        {others.slice(0, maxListItems).map((anomaly) => (
          <li key={`${anomaly.brand} ${anomaly.at} ${anomaly.evaluation.metric}`}>
            <button type="button" class="link" onClick={() => showOnChart(anomaly)}>
              <bdi>{anomalyTitle(anomaly)}</bdi>
            </button>{' '}
            <span class="quiet">{describeDuration(anomaly, timeZone)}</span>
          </li>
        ))}
      </ul>
      {others.length > maxListItems && <p class="quiet">{formatInteger(others.length - maxListItems)} more</p>}
    </Panel>
  );
}

/** Adverse before favorable, then ongoing before resolved. */
const priority = ({ evaluation, resolvedAt }: Anomaly): number => (isAdverse(evaluation) ? 2 : 0) + (resolvedAt === null ? 1 : 0);

/** The first anomaly of each brand comes before second ones: a different brand is more relevant than a second metric of the same brand. */
function interleaveBrands(found: readonly Anomaly[]): readonly Anomaly[] {
  const isFirst = (anomaly: Anomaly, index: number): boolean => found.findIndex(({ brand }) => brand === anomaly.brand) === index;
  return [...found.filter(isFirst), ...found.filter((anomaly, index) => !isFirst(anomaly, index))];
}

function AnomalyCard({ anomaly, timeZone }: { readonly anomaly: Anomaly; readonly timeZone: string }) {
  const { brand, evaluation, resolvedAt } = anomaly;
  const isOngoing = resolvedAt === null;
  const label = sampleLabel(evaluation);
  const now = Math.ceil(Date.now() / minuteMs) * minuteMs;
  const range = anomalyRange(anomaly, now);
  const queryKey = JSON.stringify([brand, range.from, resolvedAt]);
  const drivers = useQuery(`topics ${queryKey}`, (signal) => fetchDrivers(brand, range, signal, maxTerms), refreshMs);
  const posts = useQuery(
    `samples ${queryKey} ${label}`,
    (signal) => fetchPosts(brand, range, { ...(label && { label }), sort: 'engagement' }, { limit: 3 }, signal),
    refreshMs,
  );
  return (
    <article class={`anomaly-card ${label ?? ''}`}>
      <h3>
        <bdi>{brand === '*' ? 'All posts' : brand}</bdi>
        <span class={`state ${isOngoing ? 'on' : ''}`}>{isOngoing ? 'Ongoing' : 'Resolved'}</span>
      </h3>
      <p class="description">{capitalize(describeAnomaly(evaluation))}</p>
      <p class="quiet">{describeDuration(anomaly, timeZone)}</p>
      <KeyTerms drivers={drivers.data} label={label} />
      <SamplePosts page={posts.data} label={label} timeZone={timeZone} />
      <p class="card-actions">
        <button type="button" class="quiet-button" onClick={() => showOnChart(anomaly)}>
          Show on chart
        </button>
        <button type="button" class="quiet-button" onClick={() => openPosts(brand, range, label)}>
          View {label ? `${label} ` : ''}posts
        </button>
      </p>
    </article>
  );
}

/** The label of the sample posts; undefined (any label) for a change in volume. */
function sampleLabel({ metric, direction }: Anomaly['evaluation']): SampleLabel | undefined {
  if (metric === 'netSentiment') return direction === 'down' ? 'negative' : 'positive';
  return metric === 'negativeVolume' ? 'negative' : undefined;
}

type SampleLabel = 'negative' | 'positive';

const openPosts = (brand: string, range: TimeRange, label: SampleLabel | undefined): void =>
  navigate({
    page: 'posts',
    brands: brand === '*' ? [] : [brand],
    customRange: range,
    filter: { ...(label && { label }), sort: 'engagement' },
  });

const capitalize = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function KeyTerms({ drivers, label }: { readonly drivers: Drivers | undefined; readonly label: SampleLabel | undefined }) {
  if (!drivers) return null;
  const both = [...drivers.negative, ...drivers.positive].sort((a, b) => b.posts - a.posts);
  const terms = (label ? drivers[label] : both).slice(0, maxTerms);
  if (terms.length === 0) return null;
  return (
    <p class="topics">
      Key terms:{' '}
      {terms.map(({ term, share }) => (
        <span key={term} class="term-tag" title={`In ${formatPercent(share)} of the ${label ? `${label} ` : ''}posts`}>
          <bdi>{term}</bdi>
        </span>
      ))}
    </p>
  );
}

function SamplePosts({
  page,
  label,
  timeZone,
}: {
  readonly page: PostsPage | undefined;
  readonly label: string | undefined;
  readonly timeZone: string;
}) {
  if (!page || page.posts.length === 0) return null;
  const now = Date.now();
  return (
    <section aria-label={`${label ? `${capitalize(label)} posts` : 'Posts'} with the most engagement`} class="sample-posts">
      {page.posts.map((post) => (
        <PostCard key={postKey(post)} post={post} now={now} timeZone={timeZone} />
      ))}
    </section>
  );
}
