import { useState } from 'preact/hooks';
import { formatTimeRange } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { navigate, selectPreset, view } from '../state/router.ts';
import { rangePresets } from '../state/view-state.ts';
import { fromLocalTime, toLocalTime } from '../zoned-time.ts';
import { Icon } from './icons.tsx';
import { closePopover, Popover } from './popover.tsx';

const names = { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '365d': '1 y' } as const;

/** Selects a range that ends now, or a custom one. */
export function RangePicker() {
  const { preset, customRange } = view.value;
  return (
    <div class="range-picker">
      <fieldset class="segments">
        <legend class="visually-hidden">Time range</legend>
        {rangePresets.map((option) => (
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
      <Popover
        class={`custom-range-picker ${customRange ? 'chosen' : ''}`}
        name="Custom range"
        label={
          <>
            <Icon name="calendar" />
            {customRange ? <span class="custom-range">{formatTimeRange(customRange, timeZone())}</span> : null}
          </>
        }
      >
        <CustomRangeForm key={`${customRange?.from} ${timeZone()}`} />
      </Popover>
    </div>
  );
}

const maxRangeMs = 400 * 86_400_000;

function validate(start: number, end: number): string {
  if (start >= end) return 'Start must be before end.';
  return end - start > maxRangeMs ? 'A range can be at most 400 days.' : '';
}

function CustomRangeForm() {
  const { customRange } = view.value;
  const zone = timeZone();
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
      <p class="problem" role="alert">
        {error}
      </p>
      <button type="submit" class="main-button">
        Apply
      </button>
    </form>
  );
}
