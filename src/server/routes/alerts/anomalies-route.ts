import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { replayStored } from '../../../alerts/replay-stored.ts';
import { type Rule, rulesGiven, rulesOf } from '../../../alerts/rules.ts';
import { brandsOverview } from '../../../analytics/figures/summary.ts';
import type { AlertsConfig } from '../../../config/alerts.ts';
import { milliseconds } from '../../../config/schema.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { createSerialQueue } from '../../../lib/serial-queue.ts';
import { createFigures } from '../../../sink/queries/read-alert-figures.ts';
import type { App } from '../../http/create-app.ts';
import type { QueryDeps } from '../dependencies.ts';
import { brandsRangeQuery, parseQuery, resolveRange } from '../query-schemas.ts';
import { iso, toReplayed } from './alert-responses.ts';
import { replayedAlert } from './alert-schemas.ts';

const longestRangeMs = 2 * 86_400_000;
const mostBrands = 20;
/** An answer stands for so long: it costs more than other questions. */
const keptMs = 10_000;
const mostKept = 50;

export const anomaliesResponse = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  found: z.array(replayedAlert).describe('In order of time'),
});

type AnomaliesResponse = z.output<typeof anomaliesResponse>;

export const anomaliesApi = {
  '/api/v1/anomalies': {
    summary:
      'Where the alert rules would have spoken in a range of at most two days, whether somebody was told or not; without brands, of the twenty of which most is said',
    query: brandsRangeQuery,
    answer: anomaliesResponse,
  },
} as const;

export interface AnomaliesDeps extends QueryDeps {
  readonly config: { readonly alerts: AlertsConfig };
}

/** The rules held against the history: for whoever looks at a range before alerts were set up, or at a backfill. */
export function registerAnomaliesRoute(app: App, { reader, heavyReader, clock, brands, config }: AnomaliesDeps): void {
  const figures = createFigures(heavyReader);
  const rules = rulesOf(rulesGiven(config.alerts.rules), brands);
  const noDataAfterMs = milliseconds(config.alerts.noDataAfter);
  const kept = new Map<string, Kept>();
  const inTurn = createSerialQueue();

  const judge = async (named: readonly string[], [from, to]: Minutes, signal: AbortSignal): Promise<AnomaliesResponse> => {
    const options = { figures, from, to, noDataAfterMs, report: () => {}, signal };
    const outcomes = [];
    for (const rule of rules) outcomes.push(await replayStored({ ...options, rule: only(rule, named) }));
    const found = outcomes.flatMap(({ changes }) => toReplayed(changes)).sort((a, b) => a.at.localeCompare(b.at));
    return { from: iso(from), to: iso(to), found };
  };
  // All posts are watched where the config has no brand, or a rule names them.
  const largest = async (range: { from: Date; to: Date }): Promise<string[]> => {
    const known = (await brandsOverview(reader, range, clock.now())).filter(({ brand }) => brand !== '*');
    const sorted = known.sort((a, b) => b.volume - a.volume).map(({ brand }) => brand);
    return ['*', ...sorted.slice(0, mostBrands)];
  };
  const begin = (key: string, wanted: readonly string[] | undefined, range: { from: Date; to: Date }, minutes: Minutes): Kept => {
    const stop = new AbortController();
    const answer = inTurn(async () => {
      stop.signal.throwIfAborted();
      return judge(wanted ?? (await largest(range)), minutes, stop.signal);
    });
    const entry: Kept = { until: Number.POSITIVE_INFINITY, answer, stop, waiting: 0 };
    kept.set(key, entry);
    const forget = (): void => void (kept.get(key) === entry && kept.delete(key));
    stop.signal.addEventListener('abort', forget);
    answer.then(() => {
      entry.until = clock.now() + keptMs;
    }, forget);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return entry;
  };

  app.get(
    '/api/v1/anomalies',
    { config: { role: 'viewer', cacheable: true }, schema: { querystring: brandsRangeQuery } },
    async ({ query }, reply): Promise<AnomaliesResponse> => {
      const { brands: wanted, ...given } = parseQuery(brandsRangeQuery, query);
      const range = resolveRange(given, clock.now());
      const minutes = [range.from, range.to].map((time) => Math.floor(time.getTime() / 60_000) * 60_000) as [number, number]; // as many as before
      if (minutes[1] - minutes[0] > longestRangeMs) throw new FeedpulseError('USAGE', 'from: the rules are held against at most two days');
      const key = JSON.stringify([wanted, minutes]);
      const before = kept.get(key);
      if (before && before.until <= clock.now()) kept.delete(key);
      const entry = kept.get(key) ?? begin(key, wanted, range, minutes);
      stopWhenNobodyWaits(entry, reply);
      return entry.answer.catch((thrown: unknown) => {
        if (entry.stop.signal.aborted) return { from: iso(minutes[0]), to: iso(minutes[1]), found: [] }; // nobody reads it
        throw thrown;
      });
    },
  );
}

type Minutes = readonly [from: number, to: number];

/** An answer, or what will be one. */
interface Kept {
  /** Until when it stands, in ms since 1970. */
  until: number;
  readonly answer: Promise<AnomaliesResponse>;
  readonly stop: AbortController;
  waiting: number;
}

/** Whoever goes through ranges leaves questions behind; judging them would keep those waiting that are still asked. */
function stopWhenNobodyWaits(entry: Kept, { raw }: FastifyReply): void {
  entry.waiting += 1;
  raw.once('close', () => {
    entry.waiting -= 1;
    if (entry.waiting === 0 && entry.until === Number.POSITIVE_INFINITY) entry.stop.abort();
  });
}

/** The rule, about these brands alone of those that it is about. */
const only = (rule: Rule, named: readonly string[]): Rule => ({ ...rule, brands: rule.brands.filter(({ name }) => named.includes(name)) });
