import { useState } from 'preact/hooks';
import type { Driver, Drivers } from '../api/history.ts';
import { fileName, rangeFileName, saveCsv } from '../export-file.ts';
import { formatCounted, formatNet, formatSpan } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { go } from '../state/router.ts';
import type { Loaded } from '../state/use-query.ts';
import type { Span } from '../state/view-state.ts';
import { Panel, Shown } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

const sides = [
  { label: 'negative', title: '▼ Negative posts', nothing: 'No word sets the negative posts apart.' },
  { label: 'positive', title: '▲ Positive posts', nothing: 'No word sets the positive posts apart.' },
] as const;

type Side = (typeof sides)[number];

/** The words that set the negative and the positive posts of the range apart, with examples; and the way to the posts. */
export function DriversPanel({ loaded, isPart }: { readonly loaded: Loaded<Drivers>; readonly isPart: boolean }) {
  const { data, isStale } = loaded;
  const part = isPart && data && !isStale ? data : undefined;
  return (
    <Panel
      title="What drives it"
      hint={`words that set these posts apart${part ? `; of the range only ${formatSpan(part, timeZone())}` : ''}`}
      actions={data && <SaveButtons what="the drivers" csv={() => saveDrivers(data, part)} />}
    >
      <Shown loaded={loaded} lines={6}>
        {(drivers) => (
          <div class="drivers">
            {sides.map((side) => (
              <DriverList key={side.label} side={side} drivers={drivers[side.label]} />
            ))}
          </div>
        )}
      </Shown>
    </Panel>
  );
}

function DriverList({ side, drivers }: { readonly side: Side; readonly drivers: readonly Driver[] }) {
  const [opened, setOpened] = useState<string>();
  const widest = Math.max(...drivers.map(({ share }) => share), 1e-9);
  return (
    <div>
      <h3 class={`tag ${side.label}`}>{side.title}</h3>
      {drivers.length === 0 && <p class="empty">{side.nothing}</p>}
      <ul class="driver-list">
        {drivers.map((driver) => (
          <li key={driver.term}>
            <button
              type="button"
              class="driver"
              aria-expanded={driver.term === opened}
              onClick={() => setOpened(driver.term === opened ? undefined : driver.term)}
            >
              <i class={`driver-bar ${side.label}`} style={{ width: `${(100 * driver.share) / widest}%` }} />
              {/* A term is what strangers wrote: <bdi> keeps its direction to itself. */}
              <bdi class="term">{driver.term}</bdi>
              <span class="quiet" title="Net sentiment of all posts with it">
                {formatNet(driver.netSentiment)}
              </span>
              <span class="quiet">{formatCounted(driver.n, 'post')}</span>
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
      <button type="button" class="link" onClick={() => go({ view: 'posts', filter: { label: side.label, text: wordsOf(driver) } })}>
        All {side.label} posts with it
      </button>
    </div>
  );
}

/** Two words in a row are a phrase. */
const wordsOf = ({ term, kind }: Driver): string => (kind === 'bigram' ? `"${term}"` : term);

/** `part` is the stretch that was read, where that is not the whole range. */
function saveDrivers(drivers: Drivers, part: Span | undefined): void {
  const header = ['label', 'term', 'kind', 'posts', 'share', 'net sentiment'];
  const rows = sides.flatMap(({ label }) =>
    drivers[label].map(({ term, kind, n, share, netSentiment }) => [label, term, kind, n, share, netSentiment]),
  );
  const name = part ? fileName('feedpulse', 'drivers', part.from.slice(0, 10), part.to.slice(0, 10)) : rangeFileName('drivers');
  saveCsv(name, header, rows);
}
