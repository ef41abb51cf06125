import { useState } from 'preact/hooks';
import type { ExamplePost } from '../../domain/alert.ts';
import { type AlertResponse, acknowledge, fetchAlert, rateAlert, silence } from '../api/alerts.ts';
import { errorMessage } from '../api/client.ts';
import { formatDateTime, formatInteger, formatPlural, formatTimeRange } from '../format.ts';
import { hasRole } from '../state/session.ts';
import { useQuery } from '../state/use-query.ts';
import { anomalyTitle, describeDuration, describeUpdate, isAdverse, showOnChart } from './anomaly.ts';
import { QueryContent } from './panel.tsx';
import { SourceLink } from './post-card.tsx';

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
  const { id, evaluation, updates, rule, severity, resolvedAt, acked, feedback, brand } = alert;
  const [error, setError] = useState('');
  const [isOpen, setOpen] = useState(false);
  const run = (action: Promise<unknown>): void => void action.then(changed, (thrown: unknown) => setError(errorMessage(thrown)));
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
        {updates.length > 0 && (
          <ol class="updates">
            {updates.map((update) => (
              <li key={update.at} class={update.kind}>
                <time dateTime={update.at}>{formatDateTime(update.at, zone)}</time> {describeUpdate(update)}
              </li>
            ))}
          </ol>
        )}
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>Why it fired</summary>
          {isOpen && <Explanation alert={alert} timeZone={zone} />}
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

/** Posts of the window may still be stored, corrected or deleted. */
const refreshMs = 60_000;

/** The sentence about the alert, and the terms and posts behind it, which are read from the stored posts. */
function Explanation({ alert, timeZone: zone }: { readonly alert: AlertResponse; readonly timeZone: string }) {
  const { id, evaluation, rule, channels } = alert;
  const loaded = useQuery(`alert ${id}`, (signal) => fetchAlert(id, signal), refreshMs);
  const { baseline } = evaluation;
  return (
    <>
      <p>{loaded.data?.why ?? alert.why}</p>
      <p class="quiet">
        Rule {rule}, window {formatTimeRange(evaluation, zone)}.
        {baseline && ` Baseline: ${baselineNames[baseline.season] ?? baseline.season} (${formatPlural(baseline.windows, 'window')}).`}
        {channels.length > 0
          ? ` Notified: ${channels.join(', ')}.`
          : ' No notification sent: no channel matches this rule, brand and severity.'}
      </p>
      <QueryContent loaded={loaded}>
        {({ drivers, examples }) => (
          <>
            {drivers.length > 0 && (
              <p class="topics">
                {drivers.map((term) => (
                  <bdi key={term} class="term-tag">
                    {term}
                  </bdi>
                ))}
              </p>
            )}
            <ExampleList posts={examples} />
          </>
        )}
      </QueryContent>
    </>
  );
}

function ExampleList({ posts }: { readonly posts: readonly ExamplePost[] }) {
  return (
    <ul class="sample-posts">
      {posts.map(({ platform, text, url, author, isOfficial, posts: copies }) => (
        <li key={text} class="post">
          <p class="post-head">
            <span>
              <bdi class="author">{author ? `@${author.replace(/^@/, '')}` : 'Unknown author'}</bdi> on <bdi>{platform}</bdi>
              {isOfficial && " · the brand's own account"}
              {copies > 1 && ` · ${formatInteger(copies)} posts with this text`}
            </span>
            <SourceLink url={url} />
          </p>
          <p class="post-text" dir="auto">
            {text}
          </p>
        </li>
      ))}
    </ul>
  );
}

const feedbackNames = { useful: 'Useful', noise: 'Noise' } as const;

const baselineNames: Readonly<Record<string, string>> = {
  week: 'time of day and weekday',
  day: 'time of day',
  recent: 'all hours so far',
};
