import { noDataRuleName } from '../../domain/alert.ts';
import { type AlertResponse, type Alerts as AlertsAnswer, fetchAlerts } from '../api/alerts.ts';
import { AlertItem } from '../components/alert-item.tsx';
import { AlertTimeline } from '../components/alert-timeline.tsx';
import { formatAlertCount } from '../components/anomaly.ts';
import { BacktestPanel } from '../components/backtest-panel.tsx';
import { CalendarPanel } from '../components/calendar-panel.tsx';
import { Panel, QueryContent } from '../components/panel.tsx';
import { RuleStatusTable, SaveRules } from '../components/rule-status.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { SensitivityPanel } from '../components/sensitivity-panel.tsx';
import { fileName, saveCsv } from '../export-file.ts';
import { view } from '../state/router.ts';
import { hasRole } from '../state/session.ts';
import { alertsVersion } from '../state/stream.ts';
import { useQuery } from '../state/use-query.ts';
import { matchesBrands, selectedBrand, selectedBrands } from '../state/view-state.ts';
import { currentRange, timeZone } from '../state/zone.ts';

const refreshMs = 10_000;

/** The alerts of the range, the status of the rules, planned events, and a backtest. */
export function Alerts() {
  const range = currentRange();
  const brand = selectedBrand(view.value);
  const answer = useQuery(
    `alerts ${JSON.stringify([brand, range])} ${alertsVersion.value}`,
    (signal) => fetchAlerts(brand, range, signal),
    refreshMs,
  );
  const loaded = { ...answer, data: answer.data && filterBySelection(answer.data) };
  const zone = timeZone();
  return (
    <div class="view">
      <Panel
        title="Alerts"
        hint={loaded.data && formatAlertCount(loaded.data.alerts)}
        actions={
          loaded.data &&
          loaded.data.alerts.length > 0 && <SaveButtons subject="the alerts" csv={() => saveAlerts(loaded.data?.alerts ?? [])} />
        }
      >
        <QueryContent loaded={loaded}>
          {({ alerts }) =>
            alerts.length === 0 ? (
              <p class="empty">No alerts in this range.</p>
            ) : (
              <>
                <AlertTimeline alerts={alerts} range={range} timeZone={zone} />
                <ol class="alert-list">
                  {[...alerts].sort(activeFirst).map((alert) => (
                    <AlertItem key={alert.id} alert={alert} timeZone={zone} changed={loaded.reload} />
                  ))}
                </ol>
              </>
            )
          }
        </QueryContent>
      </Panel>
      <Panel title="Rules" hint="status by brand" actions={loaded.data && <SaveRules found={loaded.data} />}>
        <QueryContent loaded={loaded}>{(found) => <RuleStatusTable found={found} changed={loaded.reload} />}</QueryContent>
      </Panel>
      <CalendarPanel timeZone={zone} />
      {loaded.data && hasRole('editor') && <SensitivityPanel timeZone={zone} version={ratingsOf(loaded.data)} />}
      {hasRole('editor') && <BacktestPanel brand={brand} range={range} rules={ruleNames(loaded.data)} timeZone={zone} />}
    </div>
  );
}

/** Changes when a rating does: suggestions follow from ratings. */
const ratingsOf = ({ rules }: AlertsAnswer): string => JSON.stringify(rules.map(({ rule, useful, noise }) => [rule, useful, noise]));

/** The API filters by one brand; a selection of several is filtered here. */
function filterBySelection(found: AlertsAnswer): AlertsAnswer {
  const chosen = selectedBrands(view.value);
  if (typeof chosen === 'string') return found;
  return {
    ...found,
    alerts: found.alerts.filter(({ brand }) => matchesBrands(chosen, [brand])),
    states: found.states.filter(({ brand }) => matchesBrands(chosen, [brand])),
    silences: found.silences.filter(({ brand }) => brand === null || matchesBrands(chosen, [brand])),
  };
}

const activeFirst = (a: AlertResponse, b: AlertResponse): number =>
  Number(b.resolvedAt === null) - Number(a.resolvedAt === null) || b.at.localeCompare(a.at);

/** The configured rules, or the built-in ones if there are none. */
function ruleNames(found: AlertsAnswer | undefined): readonly string[] {
  const names = [...new Set(found?.states.map(({ rule }) => rule))].filter((rule) => rule !== noDataRuleName).sort();
  return names.length > 0 ? names : ['sentiment', 'volume'];
}

function saveAlerts(alerts: readonly AlertResponse[]): void {
  const header = [
    'id',
    'rule',
    'brand',
    'severity',
    'started',
    'resolved',
    'metric',
    'observed',
    'expected',
    'low',
    'high',
    'z',
    'posts',
    'feedback',
  ];
  const rows = alerts.map(({ id, rule, brand, severity, at, resolvedAt, evaluation, feedback }) => [
    id,
    rule,
    brand,
    severity,
    at,
    resolvedAt,
    evaluation.metric,
    evaluation.observed,
    evaluation.expected,
    evaluation.low,
    evaluation.high,
    evaluation.z,
    evaluation.posts,
    feedback,
  ]);
  saveCsv(fileName('feedpulse', 'alerts'), header, rows);
}
