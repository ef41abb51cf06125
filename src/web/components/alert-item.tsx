import { useState } from 'preact/hooks';
import { acknowledge, rateAlert, type ShownAlert, silence } from '../api/alerts.ts';
import { errorMessage } from '../api/client.ts';
import { formatCountOf, formatDecimal, formatInteger, formatNet, formatSpan } from '../format.ts';
import { hasRole } from '../state/session.ts';
import { anomalyTitle, describeDuration, isBad, openOnChart } from './anomaly.ts';

/** One alert: what happened and why it fired; for editors, the actions on it. */
export function AlertItem({
  alert,
  timeZone: zone,
  changed,
}: {
  readonly alert: ShownAlert;
  readonly timeZone: string;
  readonly changed: () => void;
}) {
  const { id, evaluation, rule, severity, resolvedAt, acked, feedback, brand, channels } = alert;
  const [problem, setProblem] = useState('');
  const run = (action: Promise<unknown>): void => void action.then(changed, (thrown: unknown) => setProblem(errorMessage(thrown)));
  const baseline = evaluation.baseline;
  return (
    <li class={`alert-item ${resolvedAt === null ? 'on' : ''} ${isBad(evaluation) ? 'bad' : ''}`}>
      <div>
        <button type="button" class="link" onClick={() => openOnChart(alert)}>
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
            Rule {rule}: {formatDecimal(Math.abs(evaluation.z))} standard deviations from the baseline. Expected{' '}
            {formatValue(evaluation.metric, evaluation.low)} to {formatValue(evaluation.metric, evaluation.high)} (95%) for{' '}
            {formatSpan(evaluation, zone)}.
            {baseline && ` Baseline: ${baselineNames[baseline.season] ?? baseline.season} (${formatCountOf(baseline.windows, 'window')}).`}
            {channels.length > 0 ? ` Sent to ${channels.join(', ')}.` : ' No notification sent: the rule has no channel.'}
          </p>
        </details>
        {problem && <p class="problem">{problem}</p>}
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

const feedbackNames = { useful: 'Useful', noise: 'False alarm' } as const;

const formatValue = (metric: string, value: number): string =>
  metric === 'netSentiment' ? formatNet(value) : formatInteger(Math.round(value));

const baselineNames: Readonly<Record<string, string>> = {
  week: 'the same hour of past weeks',
  day: 'the same hour of past days',
  recent: 'the last day',
};
