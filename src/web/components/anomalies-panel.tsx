import type { Anomaly } from '../api/alerts.ts';
import { type Drivers, fetchDrivers, fetchPosts, type PostsPage, postKey } from '../api/history.ts';
import { formatInteger, formatShare } from '../format.ts';
import { navigate } from '../state/router.ts';
import { useQuery } from '../state/use-query.ts';
import type { Span } from '../state/view-state.ts';
import { anomalyTitle, describeAnomaly, describeDuration, isBad, openOnChart, spanOfAnomaly } from './anomaly.ts';
import { Panel } from './panel.tsx';
import { PostCard } from './post-card.tsx';

const refreshMs = 60_000;
const maxCards = 2;
const maxListed = 6;
const minuteMs = 60_000;
const maxTerms = 4;

interface Props {
  readonly found: readonly Anomaly[];
  readonly timeZone: string;
  readonly hasManyBrands: boolean;
}

/** The anomalies of the range. The most important ones are cards with topics and sample posts; bad and ongoing ones come first. */
export function AnomaliesPanel({ found, timeZone, hasManyBrands }: Props) {
  if (found.length === 0) return null;
  const sorted = [...found].sort((a, b) => priority(b) - priority(a) || b.at.localeCompare(a.at));
  const opened = oneOfEachBrandFirst(sorted.filter(({ evaluation }) => evaluation.metric !== 'noData')).slice(
    0,
    hasManyBrands ? maxCards : 1,
  );
  const rest = sorted.filter((one) => !opened.includes(one));
  return (
    <Panel title={opened.some(({ evaluation }) => isBad(evaluation)) ? 'Needs attention' : 'Anomalies'} class="anomalies">
      <div class="anomaly-cards">
        {opened.map((one) => (
          <AnomalyCard key={`${one.brand} ${one.at} ${one.evaluation.metric}`} anomaly={one} timeZone={timeZone} />
        ))}
      </div>
      <ul class="anomaly-list">
        {rest.slice(0, maxListed).map((one) => (
          <li key={`${one.brand} ${one.at} ${one.evaluation.metric}`}>
            <button type="button" class="link" onClick={() => openOnChart(one)}>
              <bdi>{anomalyTitle(one)}</bdi>
            </button>{' '}
            <span class="quiet">{describeDuration(one, timeZone)}</span>
          </li>
        ))}
      </ul>
      {rest.length > maxListed && <p class="quiet">{formatInteger(rest.length - maxListed)} more</p>}
    </Panel>
  );
}

/** Bad before good, then ongoing before ended. */
const priority = ({ evaluation, resolvedAt }: Anomaly): number => (isBad(evaluation) ? 2 : 0) + (resolvedAt === null ? 1 : 0);

/** The first anomaly of each brand comes before second ones: another brand is more news than another metric of the same. */
function oneOfEachBrandFirst(found: readonly Anomaly[]): readonly Anomaly[] {
  const isFirst = (one: Anomaly, index: number): boolean => found.findIndex(({ brand }) => brand === one.brand) === index;
  return [...found.filter(isFirst), ...found.filter((one, index) => !isFirst(one, index))];
}

function AnomalyCard({ anomaly, timeZone }: { readonly anomaly: Anomaly; readonly timeZone: string }) {
  const { brand, evaluation, resolvedAt } = anomaly;
  const isOngoing = resolvedAt === null;
  const label = sampleLabel(evaluation);
  const now = Math.ceil(Date.now() / minuteMs) * minuteMs;
  const span = spanOfAnomaly(anomaly, now);
  const question = JSON.stringify([brand, span.from, resolvedAt]);
  const drivers = useQuery(`topics ${question}`, (signal) => fetchDrivers(brand, span, signal, maxTerms), refreshMs);
  const posts = useQuery(
    `samples ${question} ${label}`,
    (signal) => fetchPosts(brand, span, { ...(label && { label }), sort: 'engagement' }, { limit: 3 }, signal),
    refreshMs,
  );
  return (
    <article class={`anomaly-card ${label ?? ''}`}>
      <h3>
        <bdi>{brand === '*' ? 'All posts' : brand}</bdi>
        <span class={`state ${isOngoing ? 'on' : ''}`}>{isOngoing ? 'Ongoing' : 'Ended'}</span>
      </h3>
      <p class="what">{capitalize(describeAnomaly(evaluation))}</p>
      <p class="quiet">{describeDuration(anomaly, timeZone)}</p>
      <MainTopics drivers={drivers.data} label={label} />
      <SamplePosts page={posts.data} label={label} timeZone={timeZone} />
      <p class="card-actions">
        <button type="button" class="quiet-button" onClick={() => openOnChart(anomaly)}>
          Show on chart
        </button>
        <button type="button" class="quiet-button" onClick={() => openPosts(brand, span, label)}>
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

const openPosts = (brand: string, span: Span, label: SampleLabel | undefined): void =>
  navigate({ page: 'posts', brands: brand === '*' ? [] : [brand], span, filter: { ...(label && { label }), sort: 'engagement' } });

const capitalize = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function MainTopics({ drivers, label }: { readonly drivers: Drivers | undefined; readonly label: SampleLabel | undefined }) {
  if (!drivers) return null;
  const both = [...drivers.negative, ...drivers.positive].sort((a, b) => b.posts - a.posts);
  const terms = (label ? drivers[label] : both).slice(0, maxTerms);
  if (terms.length === 0) return null;
  return (
    <p class="topics">
      Main topics:{' '}
      {terms.map(({ term, share }) => (
        <span key={term} class="term-tag" title={`In ${formatShare(share)} of the ${label ? `${label} ` : ''}posts`}>
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
