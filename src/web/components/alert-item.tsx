import { useState } from 'preact/hooks';
import { acknowledge, markAlert, mute, type ShownAlert } from '../api/alerts.ts';
import { messageOf } from '../error-message.ts';
import { formatClock, formatDecimal, formatNet, formatWhole } from '../format.ts';
import { may } from '../state/session.ts';
import { isBad, titleOf, whenItWas } from './anomaly-text.ts';
import { lookAt } from './open-on-chart.ts';

/** One alert: what happened and why it fired; for editors, what is to be done about it. */
export function AlertItem({
  alert,
  timeZone: zone,
  changed,
}: {
  readonly alert: ShownAlert;
  readonly timeZone: string;
  readonly changed: () => void;
}) {
  const { id, evaluation, rule, severity, resolvedAt, acked, mark, brand, channels } = alert;
  const [problem, setProblem] = useState('');
  const say = (said: Promise<unknown>): void => void said.then(changed, (thrown: unknown) => setProblem(messageOf(thrown)));
  const baseline = evaluation.baseline;
  return (
    <li class={`alert-item ${resolvedAt === null ? 'on' : ''} ${isBad(evaluation) ? 'bad' : ''}`}>
      <div>
        <button type="button" class="link" onClick={() => lookAt(alert)}>
          <bdi>{titleOf(alert)}</bdi>
        </button>
        <p class="quiet">
          {whenItWas(alert, zone)} · {severity}
          {acked ? ` · seen by ${acked.by || 'somebody'}` : ''}
          {mark ? ` · marked as ${mark}` : ''}
        </p>
        <details>
          <summary>Why it fired</summary>
          <p>
            Rule {rule}: {formatDecimal(Math.abs(evaluation.z))} standard deviations from what is usual,{' '}
            {figure(evaluation.metric, evaluation.low)} to {figure(evaluation.metric, evaluation.high)} in 95 of 100 stretches like{' '}
            {formatClock(evaluation.from, zone)} to {formatClock(evaluation.to, zone)}.
            {baseline && ` Usual is ${seasons[baseline.season] ?? baseline.season}, from ${formatWhole(baseline.quarters)} quarter-hours.`}
            {channels.length > 0 ? ` Told: ${channels.join(', ')}.` : ' Nobody was to be told: the rule has no channel.'}
          </p>
        </details>
        {problem && <p class="problem">{problem}</p>}
      </div>
      {may('editor') && (
        <div class="card-actions">
          {!acked && (
            <button type="button" class="quiet-button" onClick={() => say(acknowledge(id))}>
              I have seen it
            </button>
          )}
          {(['useful', 'noise'] as const).map((word) => (
            <button
              key={word}
              type="button"
              class="quiet-button"
              aria-pressed={mark === word}
              onClick={() => say(markAlert(id, mark === word ? 'none' : word))}
            >
              {word}
            </button>
          ))}
          <button type="button" class="quiet-button" onClick={() => say(mute({ rule, brand, for: '2h' }))}>
            Mute for 2 h
          </button>
        </div>
      )}
    </li>
  );
}

const figure = (what: string, value: number): string => (what === 'netSentiment' ? formatNet(value) : formatWhole(Math.round(value)));

const seasons: Readonly<Record<string, string>> = {
  week: 'the same hour of past weeks',
  day: 'the same hour of past days',
  recent: 'the last day',
};
