import { useState } from 'preact/hooks';
import { formatTimeRange } from '../format.ts';
import { type CalendarPreset, calendarPresets, yearBefore } from '../state/calendar.ts';
import { navigate, selectPreset, view } from '../state/router.ts';
import { type RangePreset, rollingPresets, type TimeRange } from '../state/view-state.ts';
import { currentRange, timeZone } from '../state/zone.ts';
import { fromLocalTime, toLocalTime } from '../zoned-time.ts';
import { Icon } from './icons.tsx';
import { closePopover, Popover } from './popover.tsx';
import { zoneLabel } from './zone-picker.tsx';

const names = { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '365d': '1 y' } as const;
const calendarNames: Readonly<Record<CalendarPreset, string>> = {
  today: 'Today',
  yesterday: 'Yesterday',
  'this-week': 'This week',
  'last-week': 'Last week',
  'this-month': 'This month',
  'last-month': 'Last month',
  'this-quarter': 'This quarter',
  'last-quarter': 'Last quarter',
};

/** Selects a range that ends now, one of the calendar, or a custom one. */
export function RangePicker() {
  const { preset, customRange } = view.value;
  return (
    <div class="range-picker">
      <fieldset class="segments">
        <legend class="visually-hidden">Time range</legend>
        {rollingPresets.map((option) => (
          <label key={option}>
            <input
              type="radio"
              name="range"
              value={option}
              checked={!customRange && preset === option}
              onChange={() => selectPreset(option)}
            />
            <span>{names[option]}</span>
          </label>
        ))}
      </fieldset>
      <OtherRanges />
    </div>
  );
}

/** The name of a range of the calendar; undefined for a rolling or a custom one. */
const calendarName = (preset: RangePreset): string | undefined => calendarNames[preset as CalendarPreset]; // of the others there is none

function OtherRanges() {
  const { preset, customRange } = view.value;
  const zone = timeZone();
  const name = customRange ? formatTimeRange(customRange, zone) : calendarName(preset);
  const choose = (option: CalendarPreset, event: Event): void => {
    selectPreset(option);
    closePopover(event.currentTarget);
  };
  const goBackAYear = (event: Event): void => {
    navigate({ customRange: yearBefore(currentRange(), zone, Date.now()) });
    closePopover(event.currentTarget);
  };
  return (
    <Popover
      class={`custom-range-picker ${name === undefined ? '' : 'chosen'}`}
      name={name === undefined ? 'Other ranges' : `Other ranges: ${name}`}
      label={
        <>
          <Icon name="calendar" />
          {name === undefined ? null : <span class="custom-range">{name}</span>}
        </>
      }
    >
      <div class="range-choices">
        <ul class="choices">
          {calendarPresets.map((option) => (
            <li key={option}>
              <button type="button" aria-pressed={!customRange && preset === option} onClick={(event) => choose(option, event)}>
                {calendarNames[option]}
              </button>
            </li>
          ))}
          <li class="apart">
            <button type="button" onClick={goBackAYear}>
              Same period last year
            </button>
          </li>
        </ul>
        <CustomRangeForm key={`${customRange?.from} ${zone}`} customRange={customRange} zone={zone} />
      </div>
    </Popover>
  );
}

const maxRangeMs = 400 * 86_400_000;

function validate(start: number, end: number): string {
  if (start >= end) return 'Start must be before end.';
  return end - start > maxRangeMs ? 'A range can be at most 400 days.' : '';
}

function CustomRangeForm({ customRange, zone }: { readonly customRange: TimeRange | undefined; readonly zone: string }) {
  const [from, setFrom] = useState(() => toLocalTime(customRange ? Date.parse(customRange.from) : Date.now() - 86_400_000, zone));
  const [to, setTo] = useState(() => toLocalTime(customRange ? Date.parse(customRange.to) : Date.now(), zone));
  const [error, setError] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const [start, end] = [fromLocalTime(from, zone) ?? 0, fromLocalTime(to, zone) ?? 0];
    const error = validate(start, end);
    setError(error);
    if (error) return;
    navigate({ customRange: { from: new Date(start).toISOString(), to: new Date(end).toISOString() } });
    closePopover(event.currentTarget);
  };
  return (
    <form class="custom-range-form" onSubmit={submit}>
      <label>
        From
        <input type="datetime-local" required value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" required value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <p class="quiet">{zoneLabel(zone)}</p>
      <p class="problem" role="alert">
        {error}
      </p>
      <button type="submit" class="main-button">
        Apply
      </button>
    </form>
  );
}
