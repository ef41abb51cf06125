import { feedRule } from '../../domain/alert.ts';
import { type Alerts as AlertsAnswer, fetchAlerts, type ShownAlert } from '../api/alerts.ts';
import { AlertItem } from '../components/alert-item.tsx';
import { AlertTimeline } from '../components/alert-timeline.tsx';
import { alertCount } from '../components/anomaly-text.ts';
import { Panel, Shown } from '../components/panel.tsx';
import { RuleStates, SaveRules } from '../components/rule-states.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { fileName, saveCsv } from '../export-file.ts';
import { timeZone } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { may } from '../state/session.ts';
import { alertsChanged } from '../state/stream.ts';
import { useLoaded } from '../state/use-query.ts';
import { brandOf, brandsOf, isAmong, spanOf } from '../state/view-state.ts';
import { BacktestPanel } from './backtest.tsx';

const everyMs = 10_000;

/** Alerts of the range, how each rule stands, and what a rule would have said. */
export function Alerts() {
  const span = spanOf(view.value);
  const brand = brandOf(view.value);
  const answer = useLoaded(
    `alerts ${JSON.stringify([brand, span])} ${alertsChanged.value}`,
    (signal) => fetchAlerts(brand, span, signal),
    everyMs,
  );
  const loaded = { ...answer, data: answer.data && ofChosen(answer.data) };
  const zone = timeZone();
  return (
    <div class="view">
      <Panel
        title="Alerts"
        hint={loaded.data && alertCount(loaded.data.alerts)}
        actions={
          loaded.data &&
          loaded.data.alerts.length > 0 && <SaveButtons what="the alerts" csv={() => saveAlerts(loaded.data?.alerts ?? [])} />
        }
      >
        <Shown loaded={loaded}>
          {({ alerts }) =>
            alerts.length === 0 ? (
              <p class="empty">No alert in this range. Below is how each rule stands, and what it would have said.</p>
            ) : (
              <>
                <AlertTimeline alerts={alerts} span={span} timeZone={zone} />
                <ol class="alert-list">
                  {[...alerts].sort(byState).map((alert) => (
                    <AlertItem key={alert.id} alert={alert} timeZone={zone} changed={loaded.reload} />
                  ))}
                </ol>
              </>
            )
          }
        </Shown>
      </Panel>
      <Panel title="Rules" hint="how each stands with each brand" actions={loaded.data && <SaveRules found={loaded.data} />}>
        <Shown loaded={loaded}>{(found) => <RuleStates found={found} changed={loaded.reload} />}</Shown>
      </Panel>
      {may('editor') && <BacktestPanel brand={brand} span={span} rules={rulesOf(loaded.data)} timeZone={zone} />}
    </div>
  );
}

/** The API is asked about one brand, or all; of several, theirs are picked here. */
function ofChosen(found: AlertsAnswer): AlertsAnswer {
  const chosen = brandsOf(view.value);
  if (typeof chosen === 'string') return found;
  return {
    ...found,
    alerts: found.alerts.filter(({ brand }) => isAmong(chosen, [brand])),
    states: found.states.filter(({ brand }) => isAmong(chosen, [brand])),
    mutes: found.mutes.filter(({ brand }) => brand === null || isAmong(chosen, [brand])),
  };
}

const byState = (a: ShownAlert, b: ShownAlert): number =>
  Number(b.resolvedAt === null) - Number(a.resolvedAt === null) || b.at.localeCompare(a.at);

/** Where the config has none, the two that come with the program. */
function rulesOf(found: AlertsAnswer | undefined): readonly string[] {
  const names = [...new Set(found?.states.map(({ rule }) => rule))].filter((rule) => rule !== feedRule).sort();
  return names.length > 0 ? names : ['sentiment', 'volume'];
}

function saveAlerts(alerts: readonly ShownAlert[]): void {
  const header = ['id', 'rule', 'brand', 'severity', 'from', 'to', 'what', 'observed', 'expected', 'low', 'high', 'z', 'posts', 'mark'];
  const rows = alerts.map(({ id, rule, brand, severity, at, resolvedAt, evaluation, mark }) => [
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
    mark,
  ]);
  saveCsv(fileName('feedpulse', 'alerts'), header, rows);
}
