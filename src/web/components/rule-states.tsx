import { type Alerts, type Mute, unmute } from '../api/alerts.ts';
import { fileName, saveCsv } from '../export-file.ts';
import { formatClock, formatLength, formatShare } from '../format.ts';
import { brandTitle, timeZone } from '../state/brands.ts';
import { may } from '../state/session.ts';
import { SaveButtons } from './save-buttons.tsx';
import { TableFrame } from './table-frame.tsx';

type RuleState = Alerts['states'][number];

const byRuleAndBrand = (a: RuleState, b: RuleState): number => a.rule.localeCompare(b.rule) || a.brand.localeCompare(b.brand);

/** How each rule stands with each brand, how often it was noise, and what is muted. */
export function RuleStates({ found, changed }: { readonly found: Alerts; readonly changed: () => void }) {
  const { states, rules, mutes } = found;
  const zone = timeZone();
  const noise = new Map(rules.map((rule) => [rule.rule, rule.noiseRate]));
  const end = (one: Mute): void => void unmute(one).then(changed, changed);
  return (
    <>
      {mutes.length > 0 && (
        <ul class="mutes">
          {mutes.map((one) => (
            <li key={`${one.rule} ${one.brand}`}>
              <b>{one.rule ?? 'Every rule'}</b> about <bdi>{one.brand === null ? 'every brand' : brandTitle(one.brand)}</bdi> is muted until{' '}
              {formatClock(one.until, zone)}
              {one.by ? ` by ${one.by}` : ''}
              {may('editor') && (
                <button type="button" class="quiet-button" onClick={() => end(one)}>
                  Unmute
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {states.length === 0 ? (
        <p class="empty">No rule has been judged yet. That begins a minute after the first posts.</p>
      ) : (
        <TableFrame title="States of the rules">
          <table>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Brand</th>
                <th scope="col">State</th>
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
                  <td class="quiet">{formatLength(Date.now() - Date.parse(since))}</td>
                  <td class="number">{formatShare(noise.get(rule) ?? null)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </>
  );
}

/** Each rule with each brand, as a file. */
export function SaveRules({ found: { states, rules } }: { readonly found: Alerts }) {
  const header = ['rule', 'brand', 'state', 'since', 'alerts of the rule', 'useful', 'noise'];
  const of = new Map(rules.map((rule) => [rule.rule, rule]));
  const rows = [...states].sort(byRuleAndBrand).map(({ rule, brand, status, since }) => {
    const { alerts, useful, noise } = of.get(rule) ?? {};
    return [rule, brand, status, since, alerts, useful, noise];
  });
  return <SaveButtons what="the rules" csv={() => saveCsv(fileName('feedpulse', 'rules'), header, rows)} />;
}
