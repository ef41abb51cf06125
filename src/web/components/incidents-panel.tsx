import type { Incident } from '../api/alerts.ts';
import { formatInteger } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { rangeLengthMs } from '../state/time-range.ts';
import type { QueryResult } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { describeSpan, summarize } from './incident.ts';
import { IncidentCard, incidentView } from './incident-card.tsx';
import { ViewLink } from './view-link.tsx';

const maxCards = 2;
const maxListed = 5;
/** How long evaluations are kept. */
const keptMs = 30 * 86_400_000;

interface Props {
  readonly loaded: Pick<QueryResult<{ readonly incidents: readonly Incident[] }>, 'data' | 'error' | 'isStale'>;
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly hasManyBrands: boolean;
}

/** The incidents of the range: the most important as cards, one per brand, the others as a list. */
export function IncidentsPanel({ loaded, range, timeZone, hasManyBrands }: Props) {
  const { data, error, isStale } = loaded;
  if (!data)
    return error === undefined ? <div class="incident-placeholder placeholder" role="status" aria-label="Loading incidents" /> : null;
  const { incidents } = data;
  const limit = rangeLengthMs(range) > keptMs ? ' Incidents are kept for 30 days.' : '';
  if (incidents.length === 0)
    return (
      <p class={`all-clear ${isStale ? 'stale' : ''}`}>
        <i class="dot" /> No incidents in this range.{limit}
      </p>
    );
  const cards = pickCards(incidents, hasManyBrands ? maxCards : 1);
  const others = incidents.filter((incident) => !cards.includes(incident));
  return (
    <section class={`incidents ${isStale ? 'stale' : ''}`} aria-label="Incidents">
      <div class="incident-cards">
        {cards.map((incident) => (
          <IncidentCard key={incident.id} incident={incident} timeZone={timeZone} />
        ))}
      </div>
      {others.length > 0 && (
        <details class="other-incidents">
          <summary>{formatInteger(others.length)} more in this range</summary>
          <ul>
            {others.slice(0, maxListed).map((incident) => (
              <li key={incident.id}>
                <ViewLink to={incidentView(incident)}>
                  <bdi>{brandTitle(incident.brand)}</bdi>: {summarize(incident.worst)}
                </ViewLink>{' '}
                <span class="quiet">{describeSpan(incident, timeZone)}</span>
              </li>
            ))}
          </ul>
          {others.length > maxListed && (
            <p class="quiet">{formatInteger(others.length - maxListed)} more. Select a shorter range or a brand.</p>
          )}
        </details>
      )}
    </section>
  );
}

/** The most important incident of each brand, up to a limit: another brand tells more than a second incident of the same. */
function pickCards(incidents: readonly Incident[], limit: number): readonly Incident[] {
  const first = incidents.filter((incident, index) => incidents.findIndex(({ brand }) => brand === incident.brand) === index);
  // Good news and mere volume do not deserve a card beside bad news.
  const adverse = first.filter(({ isAdverse }) => isAdverse);
  return (adverse.length > 0 ? adverse : first).slice(0, limit);
}
