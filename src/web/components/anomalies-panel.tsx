import type { Unusual } from '../api/alerts.ts';
import { type Drivers, fetchDrivers, fetchPosts, type PostsPage } from '../api/history.ts';
import { formatShare, formatWhole } from '../format.ts';
import { keyOf } from '../post-key.ts';
import { go } from '../state/router.ts';
import { useLoaded } from '../state/use-query.ts';
import type { Span } from '../state/view-state.ts';
import { duringIt, isBad, titleOf, whatHappened, whenItWas } from './anomaly-text.ts';
import { lookAt } from './open-on-chart.ts';
import { Panel } from './panel.tsx';
import { PostCard } from './post-card.tsx';

const whyEveryMs = 60_000;
const mostOpened = 2;
const mostListed = 6;
const minuteMs = 60_000;
const mostTerms = 4;

interface Props {
  readonly found: readonly Unusual[];
  readonly timeZone: string;
  readonly hasManyBrands: boolean;
}

/** What stood out in the range: what is still on and bad comes first, with why, and the posts that moved most. */
export function UnusualPanel({ found, timeZone, hasManyBrands }: Props) {
  if (found.length === 0) return null;
  const sorted = [...found].sort((a, b) => weight(b) - weight(a) || b.at.localeCompare(a.at));
  const opened = spread(sorted.filter(({ evaluation }) => evaluation.metric !== 'noData')).slice(0, hasManyBrands ? mostOpened : 1);
  const rest = sorted.filter((one) => !opened.includes(one));
  return (
    <Panel title={opened.some(({ evaluation }) => isBad(evaluation)) ? 'Needs attention' : 'What stood out'} class="unusual">
      <div class="unusual-cards">
        {opened.map((one) => (
          <UnusualCard key={`${one.brand} ${one.at} ${one.evaluation.metric}`} unusual={one} timeZone={timeZone} />
        ))}
      </div>
      <ul class="unusual-rest">
        {rest.slice(0, mostListed).map((one) => (
          <li key={`${one.brand} ${one.at} ${one.evaluation.metric}`}>
            <button type="button" class="link" onClick={() => lookAt(one)}>
              <bdi>{titleOf(one)}</bdi>
            </button>{' '}
            <span class="quiet">{whenItWas(one, timeZone)}</span>
          </li>
        ))}
      </ul>
      {rest.length > mostListed && <p class="quiet">And {formatWhole(rest.length - mostListed)} more.</p>}
    </Panel>
  );
}

/** Bad before good, and of these what is still on before what is over. */
const weight = ({ evaluation, resolvedAt }: Unusual): number => (isBad(evaluation) ? 2 : 0) + (resolvedAt === null ? 1 : 0);

/** One of each brand first: what is told of a second brand is more news than another word about the same. */
function spread(found: readonly Unusual[]): readonly Unusual[] {
  const isFirst = (one: Unusual, index: number): boolean => found.findIndex(({ brand }) => brand === one.brand) === index;
  return [...found.filter(isFirst), ...found.filter((one, index) => !isFirst(one, index))];
}

function UnusualCard({ unusual, timeZone }: { readonly unusual: Unusual; readonly timeZone: string }) {
  const { brand, evaluation } = unusual;
  const label = labelOf(evaluation);
  const now = Math.ceil(Date.now() / minuteMs) * minuteMs;
  const span = duringIt(unusual, now);
  const question = JSON.stringify([brand, span.from, unusual.resolvedAt]);
  const drivers = useLoaded(`why ${question}`, (signal) => fetchDrivers(brand, span, signal, mostTerms), whyEveryMs);
  const posts = useLoaded(
    `worst ${question} ${label}`,
    (signal) => fetchPosts(brand, span, { ...(label && { label }), sort: 'engagement' }, { limit: 3 }, signal),
    whyEveryMs,
  );
  return (
    <article class={`unusual-card ${label ?? ''}`}>
      <h3>
        <bdi>{brand === '*' ? 'All posts' : brand}</bdi>
        <span class={`state ${unusual.resolvedAt === null ? 'on' : ''}`}>{unusual.resolvedAt === null ? 'now' : 'over'}</span>
      </h3>
      <p class="what">{capital(whatHappened(evaluation))}</p>
      <p class="quiet">{whenItWas(unusual, timeZone)}</p>
      <Why drivers={drivers.data} label={label} />
      <Worst page={posts.data} label={label} timeZone={timeZone} />
      <p class="card-actions">
        <button type="button" class="quiet-button" onClick={() => lookAt(unusual)}>
          See it on the chart
        </button>
        <button type="button" class="quiet-button" onClick={() => openPosts(brand, span, label)}>
          Its {label ?? ''} posts
        </button>
      </p>
    </article>
  );
}

/** Which posts tell why; where it is only that more or less was said, all of them. */
function labelOf({ metric, direction }: Unusual['evaluation']): TellingLabel | undefined {
  if (metric === 'netSentiment') return direction === 'down' ? 'negative' : 'positive';
  return metric === 'negativeVolume' ? 'negative' : undefined;
}

type TellingLabel = 'negative' | 'positive';

const openPosts = (brand: string, span: Span, label: TellingLabel | undefined): void =>
  go({ view: 'posts', brands: brand === '*' ? [] : [brand], span, filter: { ...(label && { label }), sort: 'engagement' } });

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function Why({ drivers, label }: { readonly drivers: Drivers | undefined; readonly label: TellingLabel | undefined }) {
  if (!drivers) return null;
  const both = [...drivers.negative, ...drivers.positive].sort((a, b) => b.n - a.n);
  const terms = (label ? drivers[label] : both).slice(0, mostTerms);
  if (terms.length === 0) return null;
  return (
    <p class="why">
      What it is about:{' '}
      {terms.map(({ term, share }) => (
        <span key={term} class="term-tag" title={`In ${formatShare(share)} of ${label ? `its ${label}` : 'these'} posts`}>
          <bdi>{term}</bdi>
        </span>
      ))}
    </p>
  );
}

function Worst({
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
    <section aria-label={`The ${label ?? ''} posts that most people reacted to`} class="worst">
      {page.posts.map((post) => (
        <PostCard key={keyOf(post)} post={post} now={now} timeZone={timeZone} />
      ))}
    </section>
  );
}
