import { z } from 'zod';
import { stateKey } from '../../../alerts/detect/evaluate-rules.ts';
import { type Rule, resolveRules, thresholdOf } from '../../../alerts/rules.ts';
import { lowestRarity, minRated, type RatedAlert, suggestThreshold, thresholdsOf } from '../../../alerts/sensitivity.ts';
import { alertRule } from '../../../config/alerts.ts';
import { dayMs } from '../../../lib/duration.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { createAlertReader, type StoredAlert } from '../../../sink/queries/alerts.ts';
import { createEvaluationReader } from '../../../sink/queries/evaluations.ts';
import { createAlertStore } from '../../../sink/writer/alert-store.ts';
import type { App } from '../../http/create-app.ts';
import type { ApiDeps } from '../dependencies.ts';
import { iso } from './alert-schemas.ts';

const path = '/api/v1/alerts/sensitivities';
const suggestionDays = 90;
const maxAlerts = 10_000;

const name = z.string().min(1).max(100);
const count = z.int().min(0);
const threshold = z.number().describe('Threshold of rarity');
const pair = { rule: name, brand: name.describe('`*` is all posts') };

const sensitivityBody = z.strictObject({ ...pair, sensitivity: alertRule.shape.sensitivity.unwrap() });
const sensitivity = z.strictObject({
  ...{ rule: z.string(), brand: z.string(), threshold, configured: z.number().describe("The threshold of the rule's setting") },
  ...{ createdBy: z.string(), at: z.iso.datetime() },
});
export const sensitivitiesResponse = z.strictObject({ sensitivities: z.array(sensitivity) });
export type SensitivityResponse = z.output<typeof sensitivity>;

const outcome = z.strictObject({
  ...{ threshold, alerts: count },
  useful: count.describe('Alerts rated useful that it raises'),
  noise: count.describe('Alerts rated noise that it raises'),
});
const suggestion = z.strictObject({
  ...{ rule: z.string(), brand: z.string() },
  since: z.iso.datetime().describe('Start of the compared time: 90 days ago, or when evaluations began to be stored'),
  current: outcome,
  suggested: outcome,
});
export const suggestionsResponse = z.strictObject({ suggestions: z.array(suggestion) });
export type SuggestionResponse = z.output<typeof suggestion>;

/** Thresholds that people set for a rule and a brand, and suggestions for them from ratings. */
export function registerSensitivityRoutes(app: App, deps: ApiDeps): void {
  const { reader, clock, config, brands, maintenance } = deps;
  const records = createAlertReader(reader);
  const store = createAlertStore(maintenance.db);
  const resolve = () => resolveRules(config.alerts.rules, brands());
  const toResponse = (one: Awaited<ReturnType<typeof records.readSensitivities>>[number]): SensitivityResponse[] => {
    const rule = resolve().find((rule) => rule.name === one.rule && rule.brands.some((brand) => brand.name === one.brand));
    return rule ? [{ ...one, configured: rule.threshold, at: iso(one.at) }] : [];
  };

  const listSchema = { summary: 'Sensitivities that differ from the config', response: { 200: sensitivitiesResponse } };
  app.get(path, { config: { role: 'viewer', cacheable: true }, schema: listSchema }, async () => ({
    sensitivities: (await records.readSensitivities()).flatMap(toResponse),
  }));

  const setSchema = { summary: 'Sets the sensitivity of a rule for a brand', body: sensitivityBody, response: { 200: sensitivity } };
  app.post(path, { config: { role: 'editor' }, schema: setSchema }, async ({ body, caller }) => {
    const { rule: ruleName, brand, sensitivity: value } = body;
    const rules = resolve();
    const rule = rules.find(({ name }) => name === ruleName);
    if (!rule) throw new FeedpulseError('USAGE', `rule: unknown rule, expected one of ${rules.map(({ name }) => name).join(', ')}.`);
    if (!rule.brands.some(({ name }) => name === brand))
      throw new FeedpulseError('USAGE', `brand: ${ruleName} does not evaluate ${brand}.`);
    const now = clock.now();
    const set = { rule: ruleName, brand, threshold: thresholdOf(rule.metric, value), createdBy: caller?.name ?? '' };
    await store.putSensitivity(set, { removed: false, at: now });
    return { ...set, configured: rule.threshold, at: iso(now) };
  });

  const resetSchema = {
    summary: 'Returns to the configured sensitivity',
    querystring: z.strictObject(pair),
    response: { 200: z.strictObject({ reset: count.describe('Number of sensitivities that were reset') }) },
  };
  app.delete(path, { config: { role: 'editor' }, schema: resetSchema }, async ({ query, caller }) => {
    const found = (await records.readSensitivities()).filter(({ rule, brand }) => rule === query.rule && brand === query.brand);
    for (const { at: _, ...one } of found)
      await store.putSensitivity({ ...one, createdBy: caller?.name ?? '' }, { removed: true, at: clock.now() });
    return { reset: found.length };
  });
  registerSuggestionRoute(app, deps, resolve);
}

function registerSuggestionRoute(app: App, { reader, heavyReader, clock }: ApiDeps, resolve: () => readonly Rule[]): void {
  const records = createAlertReader(reader);
  const evaluations = createEvaluationReader(heavyReader);
  const schema = {
    summary: 'Sensitivities suggested by the ratings of the last 90 days, with what they would have done',
    response: { 200: suggestionsResponse },
  };
  app.get(`${path}/suggestions`, { config: { role: 'viewer', heavy: true }, schema }, async () => {
    const now = clock.now();
    const from = now - suggestionDays * dayMs;
    const set = thresholdsOf(await records.readSensitivities());
    const stored = await records.listAlerts({ from, to: now, active: false, limit: maxAlerts });
    const suggestions: SuggestionResponse[] = [];
    for (const rule of resolve()) {
      for (const { name: brand } of rule.brands) {
        const rated = stored.filter((alert) => alert.rule === rule.name && alert.brand === brand).flatMap((alert) => toRated(alert, now));
        if (rated.length < minRated) continue;
        const own = { ...rule, threshold: set.get(stateKey(rule.name, brand)) ?? rule.threshold };
        const selection = { rule: rule.name, brand, from, to: now, minRarity: lowestRarity(own) };
        const { candidates, since } = await evaluations.readCandidates(selection);
        const known = rated.filter(({ at }) => at >= since);
        const found = suggestThreshold(own, candidates, known, (now - since) / dayMs);
        if (found) suggestions.push({ rule: rule.name, brand, since: iso(since), ...found });
      }
    }
    return { suggestions };
  });
}

const toRated = ({ at, resolvedAt, feedback }: StoredAlert, now: number): RatedAlert[] =>
  feedback ? [{ at, until: resolvedAt ?? now, feedback }] : [];
