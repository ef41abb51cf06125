import { useState } from 'preact/hooks';
import { formatSpan } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { chooseRange, go, view } from '../state/router.ts';
import { ranges } from '../state/view-state.ts';
import { toLocalTime, toUtc } from '../zoned-time.ts';
import { Icon } from './icons.tsx';
import { closePopover, Popover } from './popover.tsx';

const names = { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '365d': '1 y' } as const;

/** Ranges that end now, or any stretch of the past. */
export function RangePicker() {
  const { range, span } = view.value;
  return (
    <div class="range-picker">
      <fieldset class="segments">
        <legend class="unseen">Time range</legend>
        {ranges.map((one) => (
          <label key={one}>
            <input type="radio" name="range" value={one} checked={!span && range === one} onChange={() => chooseRange(one)} />
            <span>{names[one]}</span>
          </label>
        ))}
      </fieldset>
      <Popover
        class={`span-picker ${span ? 'chosen' : ''}`}
        name="Another stretch of time"
        label={
          <>
            <Icon name="calendar" />
            {span ? <span class="stretch">{formatSpan(span, timeZone())}</span> : null}
          </>
        }
      >
        <SpanForm key={`${span?.from} ${timeZone()}`} />
      </Popover>
    </div>
  );
}

const longestMs = 400 * 86_400_000;

function problemOf(start: number, end: number): string {
  if (start >= end) return 'The beginning must lie before the end.';
  return end - start > longestMs ? 'A stretch is at most 400 days long.' : '';
}

function SpanForm() {
  const { span } = view.value;
  const zone = timeZone();
  const [from, setFrom] = useState(() => toLocalTime(span ? Date.parse(span.from) : Date.now() - 86_400_000, zone));
  const [to, setTo] = useState(() => toLocalTime(span ? Date.parse(span.to) : Date.now(), zone));
  const [problem, setProblem] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const [start, end] = [toUtc(from, zone) ?? 0, toUtc(to, zone) ?? 0];
    const wrong = problemOf(start, end);
    setProblem(wrong);
    if (wrong) return;
    go({ span: { from: new Date(start).toISOString(), to: new Date(end).toISOString() } });
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
        Show
      </button>
    </form>
  );
}
