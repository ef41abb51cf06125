import type { AlertResponse } from '../api/alerts.ts';
import { formatTicks } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { rangeLengthMs } from '../state/time-range.ts';
import type { TimeRange } from '../state/view-state.ts';
import { activeSpans, anomalyTitle, describeUpdate, isAdverse } from './anomaly.ts';

const tickPositions = [0, 0.25, 0.5, 0.75, 1] as const;

/** One row per brand, one bar per span of an alert, with a mark wherever it got worse. */
export function AlertTimeline({
  alerts,
  range,
  timeZone,
}: {
  readonly alerts: readonly AlertResponse[];
  readonly range: TimeRange;
  readonly timeZone: string;
}) {
  const to = range.to === 'now' ? Date.now() : Date.parse(range.to);
  const length = rangeLengthMs(range);
  const from = to - length;
  const toPercent = (time: number): number => Math.min(100, Math.max(0, (100 * (time - from)) / length));
  const brands = [...new Set(alerts.map(({ brand }) => brand))].sort((a, b) => a.localeCompare(b));
  const absolute = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const ticks = formatTicks(
    tickPositions.map((position) => (from + position * length) / 1_000),
    timeZone,
    absolute,
  );
  return (
    <div class="timeline">
      {brands.map((brand) => (
        <div key={brand} class="timeline-row">
          <bdi>{brandTitle(brand)}</bdi>
          <div class="timeline-track">
            {alerts
              .filter((alert) => alert.brand === brand)
              .map((alert) => (
                <Bars key={alert.id} alert={alert} toPercent={toPercent} to={to} />
              ))}
          </div>
        </div>
      ))}
      <div class="timeline-row axis" aria-hidden="true">
        <span />
        <div class="timeline-track">
          {tickPositions.map((position, index) => (
            <span key={position} style={{ left: `${100 * position}%` }}>
              {ticks[index]}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

function Bars({
  alert,
  toPercent,
  to,
}: {
  readonly alert: AlertResponse;
  readonly toPercent: (time: number) => number;
  /** End of the range, in ms since 1970. */
  readonly to: number;
}) {
  const color = isAdverse(alert.evaluation) ? 'bad' : '';
  return (
    <>
      {activeSpans(alert).map((span) => {
        const left = toPercent(Date.parse(span.from));
        const right = toPercent(span.to === null ? to : Date.parse(span.to));
        const style = { left: `${left}%`, width: `${Math.max(0.4, right - left)}%` };
        return <i key={span.from} class={color} title={anomalyTitle(alert)} style={style} />;
      })}
      {alert.updates
        .filter(({ kind }) => kind === 'escalated')
        .map((update) => (
          <b key={update.at} title={describeUpdate(update)} style={{ left: `${toPercent(Date.parse(update.at))}%` }} />
        ))}
    </>
  );
}
