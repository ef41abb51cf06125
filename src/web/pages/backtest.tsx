import { useEffect, useRef, useState } from 'preact/hooks';
import { finished, startBacktest, type Unusual } from '../api/alerts.ts';
import { fetchTrends, type Trends } from '../api/history.ts';
import { titleOf, whenItWas } from '../components/anomaly-text.ts';
import { HistoryPanel } from '../components/history-panel.tsx';
import { lookAt } from '../components/open-on-chart.ts';
import { Panel } from '../components/panel.tsx';
import { messageOf } from '../error-message.ts';
import { formatShare, formatWhole } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import type { Span } from '../state/view-state.ts';

const patienceMs = 300_000;
const sensitivities = ['low', 'balanced', 'high'] as const;

interface Props {
  /** `*` is the rules over all posts. */
  readonly brand: string;
  readonly span: Span;
  readonly rules: readonly string[];
  readonly timeZone: string;
}

interface Trial {
  readonly progress: string;
  readonly isRunning: boolean;
  readonly outcome?: { readonly trends: Trends; readonly found: readonly Unusual[] };
}

const notTried: Trial = { progress: '', isRunning: false };

/** A trial, and how it ended, for as long as the same is asked. */
function useTrial(question: string, carryOut: (report: (progress: string) => void, signal: AbortSignal) => Promise<Trial['outcome']>) {
  const [state, setState] = useState<Trial & { readonly question: string }>({ ...notTried, question });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), [question]);
  const run = async (): Promise<void> => {
    const own = new AbortController();
    stop.current = own;
    const tell = (trial: Trial): void => {
      if (!own.signal.aborted) setState({ ...trial, question });
    };
    tell({ progress: 'Starting…', isRunning: true });
    try {
      const signal = AbortSignal.any([own.signal, AbortSignal.timeout(patienceMs)]);
      const outcome = await carryOut((progress) => tell({ progress, isRunning: true }), signal);
      tell({ ...notTried, ...(outcome && { outcome }) });
    } catch (thrown) {
      tell({ progress: messageOf(thrown), isRunning: false });
    }
  };
  return { ...(state.question === question ? state : notTried), run };
}

/** What a rule would have said in this range, as it is or with another sensitivity; nothing is stored, nobody is told. */
export function BacktestPanel({ brand, span, rules, timeZone }: Props) {
  const [chosen, setChosen] = useState<string>();
  const [sensitivity, setSensitivity] = useState('');
  const rule = chosen ?? rules[0] ?? '';
  const question = JSON.stringify([rule, sensitivity, brand, span, timeZone]);
  const { progress, isRunning, outcome, run } = useTrial(question, async (report, signal) => {
    const settings = sensitivity ? { sensitivity } : {};
    const job = await startBacktest({ rule, brand, since: span.from, until: span.to, settings });
    const answer = await finished(job, (share) => report(`${formatShare(share)} judged…`), signal);
    return { trends: await fetchTrends(brand, span, timeZone, signal), found: answer.alerts };
  });
  return (
    <Panel title="Try a rule on this range" hint={`over ${brandTitle(brand)}; nobody is told`}>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <label>
          <span class="unseen">Rule</span>
          <select value={rule} onChange={(event) => setChosen(event.currentTarget.value)}>
            {rules.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          <span class="unseen">Sensitivity</span>
          <select value={sensitivity} onChange={(event) => setSensitivity(event.currentTarget.value)}>
            <option value="">as it is set</option>
            {sensitivities.map((name) => (
              <option key={name} value={name}>
                {name} sensitivity
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="main-button" disabled={isRunning}>
          Try it
        </button>
        <p role="status" class="quiet">
          {progress ||
            (outcome ? `It would have spoken ${outcome.found.length === 1 ? 'once' : `${formatWhole(outcome.found.length)} times`}.` : '')}
        </p>
      </form>
      {outcome && (
        <>
          <ul class="unusual-rest">
            {outcome.found.map((one) => (
              <li key={one.at}>
                <button type="button" class="link" onClick={() => lookAt(one)}>
                  <bdi>{titleOf(one)}</bdi>
                </button>{' '}
                <span class="quiet">{whenItWas(one, timeZone)}</span>
              </li>
            ))}
          </ul>
          <HistoryPanel title={brandTitle(brand)} trends={outcome.trends} previous={undefined} timeZone={timeZone} marks={outcome.found} />
        </>
      )}
    </Panel>
  );
}
