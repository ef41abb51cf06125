import { useState } from 'preact/hooks';
import { formatSpan } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { navigate, selectRange, view } from '../state/router.ts';
import { ranges } from '../state/view-state.ts';
import { fromLocalTime, toLocalTime } from '../zoned-time.ts';
import { Icon } from './icons.tsx';
import { closePopover, Popover } from './popover.tsx';

const names = { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '365d': '1 y' } as const;

/** Selects a range that ends now, or a custom one. */
export function RangePicker() {
  const { range, span } = view.value;
  return (
    <div class="range-picker">
      <fieldset class="segments">
        <legend class="visually-hidden">Time range</legend>
        {ranges.map((one) => (
          <label key={one}>
            <input type="radio" name="range" value={one} checked={!span && range === one} onChange={() => selectRange(one)} />
            <span>{names[one]}</span>
          </label>
        ))}
      </fieldset>
      <Popover
        class={`span-picker ${span ? 'chosen' : ''}`}
        name="Custom range"
        label={
          <>
            <Icon name="calendar" />
            {span ? <span class="custom-range">{formatSpan(span, timeZone())}</span> : null}
          </>
        }
      >
        <CustomRangeForm key={`${span?.from} ${timeZone()}`} />
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
  const { span } = view.value;
  const zone = timeZone();
  const [from, setFrom] = useState(() => toLocalTime(span ? Date.parse(span.from) : Date.now() - 86_400_000, zone));
  const [to, setTo] = useState(() => toLocalTime(span ? Date.parse(span.to) : Date.now(), zone));
  const [problem, setProblem] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const [start, end] = [fromLocalTime(from, zone) ?? 0, fromLocalTime(to, zone) ?? 0];
    const error = validate(start, end);
    setProblem(error);
    if (error) return;
    navigate({ span: { from: new Date(start).toISOString(), to: new Date(end).toISOString() } });
    closePopover(event.currentTarget);
  };
  return (
    <form class="span-form" onSubmit={submit}>
      <label>
        From
        <input type="datetime-local" required value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" required value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <p class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="main-button">
        Apply
      </button>
    </form>
  );
}
