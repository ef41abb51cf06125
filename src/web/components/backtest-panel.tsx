import { useEffect, useRef, useState } from 'preact/hooks';
import { type Anomaly, startBacktest } from '../api/alerts.ts';
import { errorMessage, waitForJob } from '../api/client.ts';
import { fetchTrends, type Trends } from '../api/history.ts';
import { formatInteger, formatPercent } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import type { TimeRange } from '../state/view-state.ts';
import { anomalyTitle, describeDuration, showOnChart } from './anomaly.ts';
import { HistoryPanel } from './history-panel.tsx';
import { Panel } from './panel.tsx';

const timeoutMs = 300_000;
const sensitivities = ['low', 'balanced', 'high'] as const;

interface Props {
  /** `*` is all posts. */
  readonly brand: string;
  readonly range: TimeRange;
  readonly rules: readonly string[];
  readonly timeZone: string;
}

interface BacktestRun {
  readonly progress: string;
  readonly isRunning: boolean;
  readonly outcome?: { readonly trends: Trends; readonly found: readonly Anomaly[] };
}

const initialRun: BacktestRun = { progress: '', isRunning: false };

/** Runs a backtest and keeps its outcome until `queryKey` changes. */
function useBacktest(
  queryKey: string,
  execute: (report: (progress: string) => void, signal: AbortSignal) => Promise<BacktestRun['outcome']>,
) {
  const [state, setState] = useState<BacktestRun & { readonly queryKey: string }>({ ...initialRun, queryKey });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), [queryKey]);
  const run = async (): Promise<void> => {
    const own = new AbortController();
    stop.current = own;
    const update = (next: BacktestRun): void => {
      if (!own.signal.aborted) setState({ ...next, queryKey });
    };
    update({ progress: 'Starting…', isRunning: true });
    try {
      const signal = AbortSignal.any([own.signal, AbortSignal.timeout(timeoutMs)]);
      const outcome = await execute((progress) => update({ progress, isRunning: true }), signal);
      update({ ...initialRun, ...(outcome && { outcome }) });
    } catch (thrown) {
      update({ progress: errorMessage(thrown), isRunning: false });
    }
  };
  return { ...(state.queryKey === queryKey ? state : initialRun), run };
}

/** Backtests a rule over the selected range, optionally with another sensitivity. Stores and sends nothing. */
export function BacktestPanel({ brand, range, rules, timeZone }: Props) {
  const [chosen, setChosen] = useState<string>();
  const [sensitivity, setSensitivity] = useState('');
  const rule = chosen ?? rules[0] ?? '';
  const queryKey = JSON.stringify([rule, sensitivity, brand, range, timeZone]);
  const { progress, isRunning, outcome, run } = useBacktest(queryKey, async (report, signal) => {
    const settings = sensitivity ? { sensitivity } : {};
    const job = await startBacktest({ rule, brand, from: range.from, to: range.to, settings });
    const answer = await waitForJob(job, (done) => report(`${formatPercent(done)} done…`), signal);
    return { trends: await fetchTrends(brand, range, timeZone, signal), found: answer.alerts };
  });
  return (
    <Panel title="Backtest a rule" hint={`${brandTitle(brand)}, selected range; no notifications are sent`}>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <label>
          <span class="visually-hidden">Rule</span>
          <select value={rule} onChange={(event) => setChosen(event.currentTarget.value)}>
            {rules.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          <span class="visually-hidden">Sensitivity</span>
          <select value={sensitivity} onChange={(event) => setSensitivity(event.currentTarget.value)}>
            <option value="">configured sensitivity</option>
            {sensitivities.map((name) => (
              <option key={name} value={name}>
                {name} sensitivity
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="main-button" disabled={isRunning}>
          Run
        </button>
        <p role="status" class="quiet">
          {progress ||
            (outcome
              ? `The rule would have fired ${outcome.found.length === 1 ? 'once' : `${formatInteger(outcome.found.length)} times`}.`
              : '')}
        </p>
      </form>
      {outcome && (
        <>
          <ul class="anomaly-list">
            {outcome.found.map((anomaly) => (
              <li key={anomaly.at}>
                <button type="button" class="link" onClick={() => showOnChart(anomaly)}>
                  <bdi>{anomalyTitle(anomaly)}</bdi>
                </button>{' '}
                <span class="quiet">{describeDuration(anomaly, timeZone)}</span>
              </li>
            ))}
          </ul>
          <HistoryPanel
            title={brandTitle(brand)}
            trends={outcome.trends}
            previous={undefined}
            timeZone={timeZone}
            anomalies={outcome.found}
          />
        </>
      )}
    </Panel>
  );
}
