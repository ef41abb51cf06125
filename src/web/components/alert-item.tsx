import { useState } from 'preact/hooks';
import { type AlertResponse, acknowledge, rateAlert, silence } from '../api/alerts.ts';
import { errorMessage } from '../api/client.ts';
import { formatDecimal, formatInteger, formatNetSentiment, formatPlural, formatTimeRange } from '../format.ts';
import { hasRole } from '../state/session.ts';
import { anomalyTitle, describeDuration, isAdverse, showOnChart } from './anomaly.ts';

/** One alert: what happened and why it fired; for editors, the actions on it. */
export function AlertItem({
  alert,
  timeZone: zone,
  changed,
}: {
  readonly alert: AlertResponse;
  readonly timeZone: string;
  readonly changed: () => void;
}) {
  const { id, evaluation, rule, severity, resolvedAt, acked, feedback, brand, channels } = alert;
  const [error, setError] = useState('');
  const run = (action: Promise<unknown>): void => void action.then(changed, (thrown: unknown) => setError(errorMessage(thrown)));
  const baseline = evaluation.baseline;
  return (
    <li class={`alert-item ${resolvedAt === null ? 'on' : ''} ${isAdverse(evaluation) ? 'bad' : ''}`}>
      <div>
        <button type="button" class="link" onClick={() => showOnChart(alert)}>
          <bdi>{anomalyTitle(alert)}</bdi>
        </button>
        <p class="quiet">
          {describeDuration(alert, zone)} · {severity}
          {acked ? ` · acknowledged${acked.by ? ` by ${acked.by}` : ''}` : ''}
          {feedback ? ` · rated ${feedbackNames[feedback].toLowerCase()}` : ''}
        </p>
        <details>
          <summary>Why it fired</summary>
          <p>
            Rule {rule} fired: {formatDecimal(Math.abs(evaluation.z))} standard deviations from the baseline. Expected{' '}
            {formatValue(evaluation.metric, evaluation.low)} to {formatValue(evaluation.metric, evaluation.high)} (95% interval), window{' '}
            {formatTimeRange(evaluation, zone)}.
            {baseline && ` Baseline: ${baselineNames[baseline.season] ?? baseline.season} (${formatPlural(baseline.windows, 'window')}).`}
            {channels.length > 0
              ? ` Notified: ${channels.join(', ')}.`
              : ' No notification sent: no channel matches this rule, brand and severity.'}
          </p>
        </details>
        {error && <p class="problem">{error}</p>}
      </div>
      {hasRole('editor') && (
        <div class="card-actions">
          {!acked && (
            <button type="button" class="quiet-button" onClick={() => run(acknowledge(id))}>
              Acknowledge
            </button>
          )}
          {(['useful', 'noise'] as const).map((word) => (
            <button
              key={word}
              type="button"
              class="quiet-button"
              aria-pressed={feedback === word}
              onClick={() => run(rateAlert(id, feedback === word ? 'none' : word))}
            >
              {feedbackNames[word]}
            </button>
          ))}
          <button type="button" class="quiet-button" onClick={() => run(silence({ rule, brand, for: '2h' }))}>
            Silence for 2 h
          </button>
        </div>
      )}
    </li>
  );
}

const feedbackNames = { useful: 'Useful', noise: 'Noise' } as const;

const formatValue = (metric: string, value: number): string =>
  metric === 'netSentiment' ? formatNetSentiment(value) : formatInteger(Math.round(value));

const baselineNames: Readonly<Record<string, string>> = {
  week: 'same hour in past weeks',
  day: 'same hour in past days',
  recent: 'last 24 hours',
};
