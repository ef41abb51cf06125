import { useState } from 'preact/hooks';
import { type AlertEvent, addEvent, fetchEvents, removeEvent } from '../api/alerts.ts';
import { errorMessage } from '../api/client.ts';
import { formatInteger, formatTimeRange } from '../format.ts';
import { brandTitle, brands as knownBrands } from '../state/brands.ts';
import { hasRole } from '../state/session.ts';
import { useQuery } from '../state/use-query.ts';
import { fromLocalTime, toLocalTime } from '../zoned-time.ts';
import { Panel, QueryContent } from './panel.tsx';

const refreshMs = 60_000;
/** Choices of the form: how much more volume is expected; the empty one starts no alert. */
const factors = ['', '2', '5', '10', '50'] as const;

/** Planned events and maintenance windows; for editors, with a form to add one. */
export function CalendarPanel({ timeZone }: { readonly timeZone: string }) {
  const loaded = useQuery('alert events', (signal) => fetchEvents(signal), refreshMs);
  const [error, setError] = useState('');
  const run = (action: Promise<unknown>): Promise<void> =>
    action.then(
      () => {
        setError('');
        loaded.reload();
      },
      (thrown: unknown) => setError(errorMessage(thrown)),
    );
  return (
    <Panel title="Calendar" hint="planned events and maintenance windows">
      <QueryContent loaded={loaded}>
        {({ events }) =>
          events.length === 0 ? (
            <p class="empty">No events are planned.</p>
          ) : (
            <ul class="events">
              {events.map((event) => (
                <EventItem key={event.id} event={event} timeZone={timeZone} remove={() => void run(removeEvent(event.id))} />
              ))}
            </ul>
          )
        }
      </QueryContent>
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      {hasRole('editor') && <EventForm timeZone={timeZone} add={(event) => void run(addEvent(event))} />}
    </Panel>
  );
}

interface ItemProps {
  readonly event: AlertEvent;
  readonly timeZone: string;
  readonly remove: () => void;
}

function EventItem({ event, timeZone, remove }: ItemProps) {
  const { name, brands, from, to, factor, createdBy, isConfigured } = event;
  const now = Date.now();
  const state = Date.parse(to) <= now ? 'past' : Date.parse(from) <= now ? 'now' : 'planned';
  return (
    <li data-state={state}>
      <span>
        <b>
          <bdi>{name}</bdi>
        </b>{' '}
        for <bdi>{brands.length === 0 ? 'all brands' : brands.map(brandTitle).join(', ')}</bdi>
        {state === 'now' && <span class="rule-state">now</span>}
        <span class="quiet">
          {' '}
          {formatTimeRange({ from, to }, timeZone)} ·{' '}
          {factor === null ? 'no alerts' : `up to ${formatInteger(factor)} times the usual volume`}
          {createdBy && ` · ${isConfigured ? 'in the config' : `by ${createdBy}`}`}
        </span>
      </span>
      {hasRole('editor') && !isConfigured && state !== 'past' && (
        <button type="button" class="quiet-button" aria-label={`Remove ${name}`} onClick={remove}>
          Remove
        </button>
      )}
    </li>
  );
}

const hourMs = 3_600_000;

/** The form to plan an event. Times are in the page's time zone. */
function EventForm({ timeZone, add }: { readonly timeZone: string; readonly add: (event: Parameters<typeof addEvent>[0]) => void }) {
  const [name, setName] = useState('');
  const [brand, setBrand] = useState('');
  const [from, setFrom] = useState(() => toLocalTime(Math.ceil(Date.now() / hourMs) * hourMs, timeZone));
  const [to, setTo] = useState(() => toLocalTime((Math.ceil(Date.now() / hourMs) + 2) * hourMs, timeZone));
  const [factor, setFactor] = useState('');
  const toIso = (local: string): string => new Date(fromLocalTime(local, timeZone) ?? 0).toISOString();
  const submit = (event: Event): void => {
    event.preventDefault();
    add({ name, brands: brand ? [brand] : [], from: toIso(from), to: toIso(to), ...(factor && { factor: Number(factor) }) });
    setName('');
  };
  return (
    <form class="event-form" onSubmit={submit}>
      <label>
        Event
        <input required maxLength={200} placeholder="Product launch" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        Brand
        <select value={brand} onChange={(event) => setBrand(event.currentTarget.value)}>
          <option value="">All brands</option>
          {knownBrands.value
            .filter(({ brand: known }) => known !== '*')
            .map(({ brand: known }) => (
              <option key={known}>{known}</option>
            ))}
        </select>
      </label>
      <label>
        Start
        <input type="datetime-local" required value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        End
        <input type="datetime-local" required value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <label>
        Expected
        <select value={factor} onChange={(event) => setFactor(event.currentTarget.value)}>
          {factors.map((choice) => (
            <option key={choice} value={choice}>
              {choice === '' ? 'no alerts' : `up to ${choice} times the volume`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="main-button">
        Add
      </button>
    </form>
  );
}
