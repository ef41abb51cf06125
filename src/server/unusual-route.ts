import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AlertsConfig } from '../alert-config.ts';
import { createFigures } from '../alerts/read-figures.ts';
import { replayStored } from '../alerts/replay-stored.ts';
import { type Rule, rulesGiven, rulesOf } from '../alerts/rules.ts';
import { milliseconds } from '../config.ts';
import { FeedpulseError } from '../errors.ts';
import { brandsOverview } from '../trends/summary.ts';
import { requireRole } from './access.ts';
import { toReplayed } from './alert-answers.ts';
import { replayed } from './alert-schemas.ts';
import type { HistoryParts } from './history-routes.ts';
import { brandsRangeQuery, parseQuery, resolveRange } from './query-schemas.ts';

const longestRangeMs = 2 * 86_400_000;
const mostBrands = 20;
/** An answer stands for so long: it costs more than other questions. */
const keptMs = 10_000;
const mostKept = 50;

export const unusualAnswer = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  found: z.array(replayed).describe('In order of time'),
});

type UnusualAnswer = z.output<typeof unusualAnswer>;

export const unusualApi = {
  '/api/v1/unusual': {
    summary:
      'Where the alert rules would have spoken in a range of at most two days, whether somebody was told or not; without brands, of the twenty of which most is said',
    query: brandsRangeQuery,
    answer: unusualAnswer,
  },
} as const;

export interface UnusualParts extends HistoryParts {
  readonly config: { readonly alerts: AlertsConfig };
}

/** The rules held against the history: for whoever looks at a range before alerts were set up, or at a backfill. */
export function registerUnusualRoute(app: FastifyInstance, { reader, clock, brands, config }: UnusualParts): void {
  const figures = createFigures(reader);
  const rules = rulesOf(rulesGiven(config.alerts.rules), brands);
  const noDataAfterMs = milliseconds(config.alerts.noDataAfter);
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<UnusualAnswer> }>();

  const judge = async (named: readonly string[], from: number, to: number): Promise<UnusualAnswer> => {
    const options = { figures, from, to, noDataAfterMs, report: () => {}, signal: new AbortController().signal };
    const outcomes = [];
    for (const rule of rules) outcomes.push(await replayStored({ ...options, rule: only(rule, named) }));
    const found = outcomes.flatMap(({ changes }) => toReplayed(changes)).sort((a, b) => a.at.localeCompare(b.at));
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), found };
  };
  const largest = async (range: { from: Date; to: Date }): Promise<string[]> => {
    const known = (await brandsOverview(reader, range, clock.now())).filter(({ brand }) => brand !== '*');
    return known.sort((a, b) => b.volume - a.volume).map(({ brand }) => brand);
  };

  app.get('/api/v1/unusual', requireRole('viewer'), async ({ query }): Promise<UnusualAnswer> => {
    const { brands: wanted, ...given } = parseQuery(brandsRangeQuery, query);
    const range = resolveRange(given, clock.now());
    const [from, to] = [range.from, range.to].map((time) => Math.floor(time.getTime() / 60_000) * 60_000) as [number, number]; // as many as before
    if (to - from > longestRangeMs) throw new FeedpulseError('USAGE', 'from: the rules are held against at most two days');
    const key = JSON.stringify([wanted, from, to]);
    const before = kept.get(key);
    if (before && before.at > clock.now() - keptMs) return before.answer;
    const named = wanted ?? (await largest(range)).slice(0, mostBrands);
    const answer = judge(named, from, to);
    kept.delete(key);
    kept.set(key, { at: clock.now(), answer });
    answer.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return answer;
  });
}

/** The rule, about these brands alone of those that it is about. */
const only = (rule: Rule, named: readonly string[]): Rule => ({ ...rule, brands: rule.brands.filter(({ name }) => named.includes(name)) });
