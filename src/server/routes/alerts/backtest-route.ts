import type { z } from 'zod';
import { replayStored, type StoredReplayOutcome } from '../../../alerts/replay-stored.ts';
import { type Rule, rulesGiven, rulesOf } from '../../../alerts/rules.ts';
import { type AlertsConfig, alertRule } from '../../../config/alerts.ts';
import { milliseconds } from '../../../config/schema.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { createFigures } from '../../../sink/queries/read-alert-figures.ts';
import { requireRole } from '../../auth/access.ts';
import type { App } from '../../http/create-app.ts';
import type { RunJob } from '../../jobs.ts';
import type { MaintenanceDeps, QueryDeps } from '../dependencies.ts';
import { parseQuery, resolveRange } from '../query-schemas.ts';
import { iso, toReplayed } from './alert-responses.ts';
import { type BacktestResult, backtestBody } from './alert-schemas.ts';

export interface BacktestDeps extends QueryDeps {
  readonly config: { readonly alerts: AlertsConfig };
  readonly maintenance: Pick<MaintenanceDeps, 'jobs'>;
}

/** When a rule would have spoken over the stored history, as it is or with other settings. Nothing is stored, nobody is told. */
export function registerBacktestRoute(app: App, parts: BacktestDeps): void {
  const { heavyReader, clock, config, maintenance } = parts;
  const figures = createFigures(heavyReader);
  const noDataAfterMs = milliseconds(config.alerts.noDataAfter);
  app.post('/api/v1/alerts/backtest', requireRole('editor'), async ({ body }, reply) => {
    const { since, until, ...wanted } = parseQuery(backtestBody, body);
    const rule = ruleOf(parts, wanted);
    const range = resolveRange({ from: since, to: until }, clock.now());
    const [from, to] = [range.from.getTime(), range.to.getTime()];
    const work: RunJob = async (report, signal) => {
      const outcome = await replayStored({ figures, rule, from, to, noDataAfterMs, report, signal });
      return { changed: 0, result: toBacktest(outcome, to) };
    };
    return reply.code(202).send(maintenance.jobs.start('backtest', work, 'backtest'));
  });
}

/** @throws USAGE where there is no such rule, or it does not take these settings */
function ruleOf(
  { config, brands }: BacktestDeps,
  { rule: name, brand, settings }: Pick<z.output<typeof backtestBody>, 'rule' | 'brand' | 'settings'>,
): Rule {
  const all = rulesGiven(config.alerts.rules);
  const given = all.find((one) => one.name === name);
  if (!given) throw new FeedpulseError('USAGE', `rule: there is none of this name, but ${all.map((one) => one.name).join(', ')}`);
  const tried = parseQuery(alertRule, { ...given, ...settings, name, ...(brand !== undefined && { brands: [brand] }) });
  const [rule] = rulesOf([tried], brands);
  if (!rule) throw new Error('a rule that is given is completed');
  return rule;
}

function toBacktest({ from, changes }: StoredReplayOutcome, to: number): BacktestResult {
  return { from: iso(from), to: iso(to), alerts: toReplayed(changes) };
}
