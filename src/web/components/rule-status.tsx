import { type Alerts, type Silence, unsilence } from '../api/alerts.ts';
import { fileName, saveCsv } from '../export-file.ts';
import { formatDateTime, formatDuration, formatPercent } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { hasRole } from '../state/session.ts';
import { timeZone } from '../state/zone.ts';
import { TableFrame } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

type RuleState = Alerts['states'][number];

const byRuleAndBrand = (a: RuleState, b: RuleState): number => a.rule.localeCompare(b.rule) || a.brand.localeCompare(b.brand);

/** The status of each rule by brand, its noise rate, and the active silences. */
export function RuleStatusTable({ found, changed }: { readonly found: Alerts; readonly changed: () => void }) {
  const { states, rules, silences } = found;
  const zone = timeZone();
  const noiseRates = new Map(rules.map((rule) => [rule.rule, rule.noiseRate]));
  const end = (silence: Silence): void => void unsilence(silence).then(changed, changed);
  return (
    <>
      {silences.length > 0 && (
        <ul class="silences">
          {silences.map((silence) => (
            <li key={`${silence.rule} ${silence.brand}`}>
              <b>{silence.rule ?? 'All rules'}</b> for <bdi>{silence.brand === null ? 'all brands' : brandTitle(silence.brand)}</bdi>{' '}
              silenced until {formatDateTime(silence.until, zone)}
              {silence.createdBy ? ` by ${silence.createdBy}` : ''}
              {hasRole('editor') && (
                <button type="button" class="quiet-button" onClick={() => end(silence)}>
                  Unsilence
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {states.length === 0 ? (
        <p class="empty">No rule has been evaluated yet. Evaluation starts about two minutes after the first post.</p>
      ) : (
        <TableFrame title="Rule status">
          <table>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Brand</th>
                <th scope="col">Status</th>
                <th scope="col">For</th>
                <th scope="col" class="number">
                  Noise
                </th>
              </tr>
            </thead>
            <tbody>
              {[...states].sort(byRuleAndBrand).map(({ rule, brand, status, since }) => (
                <tr key={`${rule} ${brand}`}>
                  <th scope="row">{rule}</th>
                  <td>
                    <bdi>{brandTitle(brand)}</bdi>
                  </td>
                  <td>
                    <span class="rule-state" data-status={status}>
                      {status.replace('-', ' ')}
                    </span>
                  </td>
                  <td class="quiet">{formatDuration(Date.now() - Date.parse(since))}</td>
                  <td class="number">{formatPercent(noiseRates.get(rule) ?? null)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </>
  );
}

/** Saves the table as CSV. */
export function SaveRules({ found: { states, rules } }: { readonly found: Alerts }) {
  const header = ['rule', 'brand', 'status', 'since', 'alerts', 'useful', 'noise'];
  const of = new Map(rules.map((rule) => [rule.rule, rule]));
  const rows = [...states].sort(byRuleAndBrand).map(({ rule, brand, status, since }) => {
    const { alerts, useful, noise } = of.get(rule) ?? {};
    return [rule, brand, status, since, alerts, useful, noise];
  });
  return <SaveButtons subject="the rules" csv={() => saveCsv(fileName('feedpulse', 'rules'), header, rows)} />;
}
