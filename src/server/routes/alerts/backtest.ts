import type { z } from 'zod';
import { backtestStoredRule } from '../../../alerts/backtest.ts';
import { createEventReader } from '../../../alerts/calendar.ts';
import { configuredRules, type Rule, resolveRules } from '../../../alerts/rules.ts';
import { thresholdsOf } from '../../../alerts/sensitivity.ts';
import { alertRule } from '../../../config/alerts.ts';
import { toMilliseconds } from '../../../config/schema.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { createAlertCounts } from '../../../sink/queries/alert-counts.ts';
import { createAlertReader } from '../../../sink/queries/alerts.ts';
import type { App } from '../../http/create-app.ts';
import type { RunJob } from '../../jobs.ts';
import type { ApiDeps } from '../dependencies.ts';
import { parseQuery, resolveRange } from '../query-schemas.ts';
import { jobResponseWith } from '../response-schemas.ts';
import { type BacktestResult, backtestBody, backtestResult, iso, toBacktestAlerts } from './alert-schemas.ts';

/** Backtests a rule, as configured or with other settings, over the stored history. Nothing is stored or sent. */
export function registerBacktestRoute(app: App, deps: ApiDeps): void {
  const { heavyReader, clock, config, maintenance, calibrations } = deps;
  const records = createAlertReader(deps.reader);
  const readEvents = createEventReader(config.alerts, records);
  const readThresholds = async () => thresholdsOf(await records.readSensitivities());
  const counts = createAlertCounts(heavyReader);
  const noDataAfterMs = toMilliseconds(config.alerts.noDataAfter);
  const schema = {
    summary: 'Backtests a rule over the stored history',
    body: backtestBody,
    response: { 202: jobResponseWith(backtestResult) },
  };
  app.post('/api/v1/alerts/backtest', { config: { role: 'editor' }, schema }, async ({ body }, reply) => {
    const rule = overrideRule(deps, body);
    const range = resolveRange(body, clock.now());
    const [from, to] = [range.from.getTime(), range.to.getTime()];
    const work: RunJob = async (onProgress, signal) => {
      // A sensitivity in the request is to be tried instead of the one that is set.
      const tuning = body.settings['sensitivity'] === undefined ? { readThresholds } : {};
      const given = { counts, rule, from, to, noDataAfterMs, readEvents, ...tuning, calibrations };
      const backtest = await backtestStoredRule({ ...given, onProgress, signal });
      const result: BacktestResult = { from: iso(backtest.from), to: iso(to), alerts: toBacktestAlerts(backtest.transitions) };
      return { changed: 0, result };
    };
    return reply.code(202).send(maintenance.jobs.start('backtest', work, 'backtest'));
  });
}

/** @throws USAGE for an unknown rule or invalid settings */
function overrideRule({ config, brands }: ApiDeps, { rule: name, brand, settings }: z.output<typeof backtestBody>): Rule {
  const configured = configuredRules(config.alerts.rules);
  const base = configured.find((rule) => rule.name === name);
  if (!base) throw new FeedpulseError('USAGE', `rule: unknown rule, expected one of ${configured.map((rule) => rule.name).join(', ')}.`);
  const overridden = parseQuery(alertRule, { ...base, ...settings, name, ...(brand !== undefined && { brands: [brand] }) });
  const [rule] = resolveRules([overridden], brands());
  if (!rule) throw new Error('rulesOf returned no rule for one config');
  return rule;
}
