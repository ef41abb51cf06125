import { useState } from 'preact/hooks';
import {
  fetchSensitivities,
  fetchSuggestions,
  resetSensitivity,
  type Sensitivity,
  type SensitivitySuggestion,
  setSensitivity,
} from '../api/alerts.ts';
import { errorMessage } from '../api/client.ts';
import { formatDateTime, formatPlural } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { useQuery } from '../state/use-query.ts';
import { Panel, QueryContent } from './panel.tsx';

const refreshMs = 60_000;

/** Sensitivities that the ratings of alerts suggest, applied by a click, and those that are set. For editors. */
export function SensitivityPanel({ timeZone, version }: { readonly timeZone: string; readonly version: string }) {
  const suggestions = useQuery(`sensitivity suggestions ${version}`, (signal) => fetchSuggestions(signal), refreshMs);
  const settings = useQuery('sensitivities', (signal) => fetchSensitivities(signal), refreshMs);
  const [error, setError] = useState('');
  const run = (action: Promise<unknown>): void => {
    const settle = (message: string): void => {
      setError(message);
      suggestions.reload();
      settings.reload();
    };
    void action.then(
      () => settle(''),
      (thrown: unknown) => settle(errorMessage(thrown)),
    );
  };
  return (
    <Panel title="Sensitivity" hint="learned from ratings of the last 90 days">
      <QueryContent loaded={suggestions}>
        {({ suggestions: found }) =>
          found.length === 0 ? (
            <p class="empty">No suggestions. Rate alerts as useful or noise: three ratings of a rule and a brand are enough.</p>
          ) : (
            <ul class="events">
              {found.map((one) => (
                <SuggestionItem key={`${one.rule} ${one.brand}`} suggestion={one} timeZone={timeZone} apply={run} />
              ))}
            </ul>
          )
        }
      </QueryContent>
      <QueryContent loaded={settings}>
        {({ sensitivities }) => (
          <ul class="events">
            {sensitivities.map((one) => (
              <SettingItem key={`${one.rule} ${one.brand}`} setting={one} timeZone={timeZone} reset={run} />
            ))}
          </ul>
        )}
      </QueryContent>
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
    </Panel>
  );
}

const describeOutcome = ({ alerts, useful, noise }: SensitivitySuggestion['current']): string =>
  `${formatPlural(alerts, 'alert')} (${useful} rated useful, ${noise} noise)`;

interface SuggestionProps {
  readonly suggestion: SensitivitySuggestion;
  readonly timeZone: string;
  readonly apply: (action: Promise<unknown>) => void;
}

function SuggestionItem({ suggestion: { rule, brand, since, current, suggested }, timeZone, apply }: SuggestionProps) {
  const direction = suggested.threshold > current.threshold ? 'Less' : 'More';
  return (
    <li>
      <span>
        <b>{rule}</b> for <bdi>{brandTitle(brand)}</bdi>: {direction.toLowerCase()} sensitive, threshold {current.threshold} →{' '}
        {suggested.threshold}
        <span class="quiet block">
          Since {formatDateTime(since, timeZone)}: {describeOutcome(suggested)} instead of {describeOutcome(current)}
        </span>
      </span>
      <button
        type="button"
        class="quiet-button"
        aria-label={`Apply to ${rule} for ${brandTitle(brand)}`}
        onClick={() => apply(setSensitivity({ rule, brand, sensitivity: suggested.threshold }))}
      >
        Apply
      </button>
    </li>
  );
}

interface SettingProps {
  readonly setting: Sensitivity;
  readonly timeZone: string;
  readonly reset: (action: Promise<unknown>) => void;
}

function SettingItem({ setting, timeZone, reset }: SettingProps) {
  const { rule, brand, threshold, configured, createdBy, at } = setting;
  return (
    <li>
      <span>
        <b>{rule}</b> for <bdi>{brandTitle(brand)}</bdi>: threshold {threshold}
        <span class="quiet block">
          Configured: {configured} · set {formatDateTime(at, timeZone)}
          {createdBy && ` by ${createdBy}`}
        </span>
      </span>
      <button
        type="button"
        class="quiet-button"
        aria-label={`Reset ${rule} for ${brandTitle(brand)}`}
        onClick={() => reset(resetSensitivity(setting))}
      >
        Reset
      </button>
    </li>
  );
}
