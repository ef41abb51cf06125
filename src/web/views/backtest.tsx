import { useState } from 'preact/hooks';
import { finished, startBacktest, type Unusual } from '../api/alerts.ts';
import { fetchTrends, type Trends } from '../api/history.ts';
import { formatShare, formatWhole } from '../format.ts';
import { HistoryPanel } from '../parts/history-panel.tsx';
import { lookAt } from '../parts/look-at.ts';
import { Panel } from '../parts/panel.tsx';
import { titleOf, whenItWas } from '../parts/unusual-words.ts';
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

interface Outcome {
  readonly trends: Trends;
  readonly found: readonly Unusual[];
}

/** What a rule would have said in this range, as it is or with another sensitivity; nothing is stored, nobody is told. */
export function BacktestPanel({ brand, span, rules, timeZone }: Props) {
  const [rule, setRule] = useState<string>();
  const [sensitivity, setSensitivity] = useState('');
  const [progress, setProgress] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const run = async (): Promise<void> => {
    setProgress('Starting…');
    try {
      const signal = AbortSignal.timeout(patienceMs);
      const settings = sensitivity ? { sensitivity } : {};
      const job = await startBacktest({ rule: rule ?? rules[0] ?? '', brand, since: span.from, until: span.to, settings });
      const answer = await finished(job, (share) => setProgress(`${formatShare(share)} judged…`), signal);
      setOutcome({ trends: await fetchTrends(brand, span, timeZone, signal), found: answer.alerts });
      setProgress('');
    } catch (thrown) {
      setProgress(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
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
          <select value={rule ?? rules[0]} onChange={(event) => setRule(event.currentTarget.value)}>
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
        <button type="submit" class="main-button">
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
