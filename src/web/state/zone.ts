import { signal } from '@preact/signals';
import { firstDayOfWeek } from './calendar.ts';
import { navigate, view } from './router.ts';
import { rangeLengthMs } from './time-range.ts';
import { selectedRange, type TimeRange, toZone } from './view-state.ts';

const storageKey = 'feedpulse.zone';
export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone chosen last on this device, if it was not the browser's. */
const rememberedZone = signal(readZone());

/** The time zone of the UI: that of the link, else the one chosen last, else the browser's. It only changes when it is chosen. */
export const timeZone = (): string => view.value.zone ?? rememberedZone.value ?? browserZone;

/** Selects a time zone and remembers it; undefined selects the browser's. */
export function selectZone(zone: string | undefined): void {
  rememberedZone.value = zone;
  try {
    if (zone === undefined) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, zone);
  } catch {
    // Storage may be blocked; the link has the zone.
  }
  const { zone: _, ...rest } = view.value;
  view.value = rest;
  navigate(zone === undefined ? {} : { zone });
}

function readZone(): string | undefined {
  try {
    return toZone(localStorage.getItem(storageKey));
  } catch {
    return undefined;
  }
}

/** The selected range, in the selected time zone. */
export const currentRange = (): TimeRange =>
  selectedRange(view.value, { timeZone: timeZone(), now: Date.now(), firstDay: firstDayOfWeek(navigator.language) });

const minuteMs = 60_000;

/** The selected range as it is now, in whole minutes. */
export function absoluteRange(): TimeRange {
  const range = currentRange();
  const to = range.to === 'now' ? Math.ceil(Date.now() / minuteMs) * minuteMs : Date.parse(range.to);
  const from = range.from.startsWith('now') ? to - rangeLengthMs(range) : Date.parse(range.from);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
