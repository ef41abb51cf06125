import type { Anomaly } from '../api/alerts.ts';
import { formatTick } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { rangeLengthMs } from '../state/time-range.ts';
import type { TimeRange } from '../state/view-state.ts';
import { anomalyTitle, isAdverse } from './anomaly.ts';

const tickPositions = [0, 0.25, 0.5, 0.75, 1] as const;

/** One row per brand, one bar per alert. */
export function AlertTimeline({
  alerts,
  range,
  timeZone,
}: {
  readonly alerts: readonly Anomaly[];
  readonly range: TimeRange;
  readonly timeZone: string;
}) {
  const to = range.to === 'now' ? Date.now() : Date.parse(range.to);
  const length = rangeLengthMs(range);
  const from = to - length;
  const toPercent = (time: number): number => Math.min(100, Math.max(0, (100 * (time - from)) / length));
  const brands = [...new Set(alerts.map(({ brand }) => brand))].sort((a, b) => a.localeCompare(b));
  const absolute = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return (
    <div class="timeline">
      {brands.map((brand) => (
        <div key={brand} class="timeline-row">
          <bdi>{brandTitle(brand)}</bdi>
          <div class="timeline-track">
            {alerts
              .filter((alert) => alert.brand === brand)
              .map((alert) => {
                const left = toPercent(Date.parse(alert.at));
                const right = toPercent(alert.resolvedAt === null ? to : Date.parse(alert.resolvedAt));
                return (
                  <i
                    key={`${alert.at} ${alert.evaluation.metric}`}
                    class={isAdverse(alert.evaluation) ? 'bad' : ''}
                    title={anomalyTitle(alert)}
                    style={{ left: `${left}%`, width: `${Math.max(0.4, right - left)}%` }}
                  />
                );
              })}
          </div>
        </div>
      ))}
      <div class="timeline-row axis" aria-hidden="true">
        <span />
        <div class="timeline-track">
          {tickPositions.map((position) => (
            <span key={position} style={{ left: `${100 * position}%` }}>
              {formatTick((from + position * length) / 1_000, timeZone, absolute)}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}
