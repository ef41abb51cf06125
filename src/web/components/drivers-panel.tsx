import { useState } from 'preact/hooks';
import type { Driver, Drivers } from '../api/history.ts';
import { fileName, rangeFileName, saveCsv } from '../export-file.ts';
import { formatNetSentiment, formatPlural, formatTimeRange } from '../format.ts';
import { navigate } from '../state/router.ts';
import type { QueryResult } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { timeZone } from '../state/zone.ts';
import { Panel, QueryContent } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

const sides = [
  { label: 'negative', title: '▼ Negative posts', emptyText: 'No distinctive terms in the negative posts.' },
  { label: 'positive', title: '▲ Positive posts', emptyText: 'No distinctive terms in the positive posts.' },
] as const;

type Side = (typeof sides)[number];

/** The terms most typical of negative and of positive posts, with examples and links to the posts. */
export function DriversPanel({ loaded, isPart }: { readonly loaded: QueryResult<Drivers>; readonly isPart: boolean }) {
  const { data, isStale } = loaded;
  const analyzedRange = isPart && data && !isStale ? data : undefined;
  return (
    <Panel
      title="Key drivers"
      hint={`terms most typical of negative and positive posts${analyzedRange ? `; limited to ${formatTimeRange(analyzedRange, timeZone())}` : ''}`}
      actions={data && <SaveButtons subject="the drivers" csv={() => saveDrivers(data, analyzedRange)} />}
    >
      <QueryContent loaded={loaded} lines={6}>
        {(drivers) => (
          <div class="drivers">
            {sides.map((side) => (
              <DriverList key={side.label} side={side} drivers={drivers[side.label]} />
            ))}
          </div>
        )}
      </QueryContent>
    </Panel>
  );
}

function DriverList({ side, drivers }: { readonly side: Side; readonly drivers: readonly Driver[] }) {
  const [opened, setOpened] = useState<string>();
  const maxShare = Math.max(...drivers.map(({ share }) => share), 1e-9);
  return (
    <div>
      <h3 class={`tag ${side.label}`}>{side.title}</h3>
      {drivers.length === 0 && <p class="empty">{side.emptyText}</p>}
      <ul class="driver-list">
        {drivers.map((driver) => (
          <li key={driver.term}>
            <button
              type="button"
              class="driver"
              aria-expanded={driver.term === opened}
              onClick={() => setOpened(driver.term === opened ? undefined : driver.term)}
            >
              <i class={`driver-bar ${side.label}`} style={{ width: `${(100 * driver.share) / maxShare}%` }} />
              {/* Terms are user content: <bdi> isolates their text direction. */}
              <bdi class="term">{driver.term}</bdi>
              <span class="quiet" title="Net sentiment of all posts with this term">
                {formatNetSentiment(driver.netSentiment)}
              </span>
              <span class="quiet">{formatPlural(driver.posts, 'post')}</span>
            </button>
            {driver.term === opened && <Examples driver={driver} side={side} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Examples({ driver, side }: { readonly driver: Driver; readonly side: Side }) {
  return (
    <div class="examples">
      {driver.examples.map(({ text }) => (
        <blockquote key={text} dir="auto">
          {text}
        </blockquote>
      ))}
      <button
        type="button"
        class="link"
        onClick={() => navigate({ page: 'posts', filter: { label: side.label, text: searchText(driver) } })}
      >
        All {side.label} posts with this term
      </button>
    </div>
  );
}

/** A bigram is searched as a phrase. */
const searchText = ({ term, kind }: Driver): string => (kind === 'bigram' ? `"${term}"` : term);

/** `part` is the analyzed range if that is not the whole range. */
function saveDrivers(drivers: Drivers, part: TimeRange | undefined): void {
  const header = ['label', 'term', 'kind', 'posts', 'share', 'net sentiment'];
  const rows = sides.flatMap(({ label }) =>
    drivers[label].map(({ term, kind, posts, share, netSentiment }) => [label, term, kind, posts, share, netSentiment]),
  );
  const name = part ? fileName('feedpulse', 'drivers', part.from.slice(0, 10), part.to.slice(0, 10)) : rangeFileName('drivers');
  saveCsv(name, header, rows);
}
