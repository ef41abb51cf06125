import type { AlertsConfig } from '../config/alerts.ts';
import { type QuietHours, weekdays } from '../config/calendar.ts';
import type { AlertEvent } from '../domain/alert.ts';
import { dayMs, minuteMs } from '../lib/duration.ts';
import { utcOffsetMs } from '../lib/time-zone.ts';
import type { AlertReader } from '../sink/queries/alerts.ts';

/** The events of the config and the stored ones that end after a time (ms since 1970). */
export const createEventReader =
  (alerts: Pick<AlertsConfig, 'calendar'>, records: Pick<AlertReader, 'readEvents'>) =>
  async (since: number): Promise<readonly AlertEvent[]> => [
    ...configuredEvents(alerts).filter(({ to }) => to > since),
    ...(await records.readEvents(since)),
  ];

/** The events of the config. */
export const configuredEvents = ({ calendar }: Pick<AlertsConfig, 'calendar'>): AlertEvent[] =>
  calendar.map(({ from, to, factor, ...event }, index) => ({
    ...event,
    id: `config-${index + 1}`,
    from: Date.parse(from),
    to: Date.parse(to),
    ...(factor !== undefined && { factor }),
    createdBy: 'config',
  }));

/** Half-open, in ms since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The events that concern a brand and overlap a time span. */
export const eventsDuring = (events: readonly AlertEvent[], brand: string, { from, to }: Span): AlertEvent[] =>
  events.filter((event) => (event.brands.length === 0 || event.brands.includes(brand)) && event.from < to && event.to > from);

/** What planned events change for a brand during a time span. */
export interface EventEffect {
  /** No alert may start. */
  readonly isSilenced: boolean;
  /** Up to this many times the usual volume is expected. */
  readonly factor: number;
}

export function effectOf(events: readonly AlertEvent[], brand: string, span: Span): EventEffect {
  const during = eventsDuring(events, brand, span);
  return {
    isSilenced: during.some(({ factor }) => factor === undefined),
    factor: Math.max(1, ...during.map(({ factor = 1 }) => factor)),
  };
}

/**
 * Whether a time (ms since 1970) lies within quiet hours in a time zone. Quiet hours that span midnight belong to the day on
 * which they start.
 */
export function isQuietAt(time: number, timeZone: string, quietHours: QuietHours | undefined): boolean {
  if (!quietHours) return false;
  const local = time + utcOffsetMs(time, timeZone);
  const minute = Math.floor((local % dayMs) / minuteMs);
  const [from, to] = [parseMinutes(quietHours.from), parseMinutes(quietHours.to)];
  const isEvening = minute >= from && (from > to || minute < to);
  const isMorningAfter = from > to && minute < to;
  return (isEvening && startsOn(quietHours, local)) || (isMorningAfter && startsOn(quietHours, local - dayMs));
}

/** Whether any part of a time span lies within quiet hours. */
export function overlapsQuietHours({ from, to }: Span, timeZone: string, quietHours: QuietHours | undefined): boolean {
  if (!quietHours) return false;
  // Quiet hours begin and end on a minute.
  for (let time = from; time < to; time += minuteMs) if (isQuietAt(time, timeZone, quietHours)) return true;
  return false;
}

/** @param local a time in ms since 1970, shifted by the offset of its time zone */
function startsOn({ days }: QuietHours, local: number): boolean {
  // 1 January 1970 was a Thursday.
  const weekday = weekdays[(Math.floor(local / dayMs) + 3) % 7];
  return days === undefined || (weekday !== undefined && days.includes(weekday));
}

function parseMinutes(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return 60 * hours + minutes;
}
