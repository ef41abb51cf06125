import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { backtestStoredRule } from '../../../alerts/backtest.ts';
import { type Rule, resolveRules } from '../../../alerts/rules.ts';
import { listBrands } from '../../../analytics/metrics/summary.ts';
import { toMilliseconds } from '../../../config/schema.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { runOutsideRequest } from '../../../lib/request-scope.ts';
import { createSerialQueue } from '../../../lib/serial-queue.ts';
import { createAlertCounts } from '../../../sink/queries/alert-counts.ts';
import type { App } from '../../http/create-app.ts';
import type { ApiDeps, QueryDeps } from '../dependencies.ts';
import { brandsRangeQuery, resolveRange } from '../query-schemas.ts';
import { backtestAlert, iso, toBacktestAlerts } from './alert-schemas.ts';

const maxRangeMs = 2 * 86_400_000;
const maxBrands = 20;
/** Responses are cached for this long, because they cost more than other queries. */
const cacheMs = 10_000;
const maxCached = 50;

export const anomaliesResponse = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  anomalies: z.array(backtestAlert).describe('In chronological order'),
});

type AnomaliesResponse = z.output<typeof anomaliesResponse>;
type AnomaliesDeps = QueryDeps & Pick<ApiDeps, 'config'>;
type MinuteRange = readonly [from: number, to: number];

/** Backtests the rules over a past range, for history from before alerts were set up and for backfills. */
export function registerAnomaliesRoute(app: App, deps: AnomaliesDeps): void {
  const { clock } = deps;
  const evaluateCached = createAnomaliesCache(deps);
  const schema = {
    summary: 'Alerts that the rules would raise in a range of at most two days; without brands, for the twenty brands with the most posts',
    querystring: brandsRangeQuery,
    response: { 200: anomaliesResponse },
  };
  app.get('/api/v1/anomalies', { config: { role: 'viewer', cacheable: true }, schema }, async ({ query }, reply) => {
    const { brands, ...bounds } = query;
    const range = resolveRange(bounds, clock.now());
    // Both ends are rounded down, so that the length of the range stays the same.
    const minutes: MinuteRange = [floorToMinute(range.from), floorToMinute(range.to)];
    if (minutes[1] - minutes[0] > maxRangeMs) throw new FeedpulseError('USAGE', 'from: the range must not exceed 2 days.');
    const entry = evaluateCached(brands, range, minutes);
    abortOnDisconnect(entry, reply);
    return entry.response.catch((thrown: unknown) => {
      if (entry.abort.signal.aborted) return { from: iso(minutes[0]), to: iso(minutes[1]), anomalies: [] }; // the client has disconnected
      throw thrown;
    });
  });
}

const floorToMinute = (time: Date): number => Math.floor(time.getTime() / 60_000) * 60_000;

interface CacheEntry {
  /** ms since 1970; infinite while the response is being computed. */
  expiresAt: number;
  readonly response: Promise<AnomaliesResponse>;
  readonly abort: AbortController;
  /** Requests that wait for the response. */
  openRequests: number;
}

/** Computes responses one at a time; identical requests share one. */
function createAnomaliesCache({ reader, heavyReader, clock, brands: configured, config }: AnomaliesDeps) {
  const counts = createAlertCounts(heavyReader);
  const rules = resolveRules(config.alerts.rules, configured);
  const noDataAfterMs = toMilliseconds(config.alerts.noDataAfter);
  const cache = new Map<string, CacheEntry>();
  const enqueue = createSerialQueue();

  const evaluate = async (brands: readonly string[], [from, to]: MinuteRange, signal: AbortSignal): Promise<AnomaliesResponse> => {
    const options = { counts, from, to, noDataAfterMs, onProgress: () => {}, signal };
    const results = [];
    for (const rule of rules) results.push(await backtestStoredRule({ ...options, rule: restrictTo(rule, brands) }));
    const anomalies = results.flatMap(({ transitions }) => toBacktestAlerts(transitions)).sort((a, b) => a.at.localeCompare(b.at));
    return { from: iso(from), to: iso(to), anomalies };
  };
  // Includes `*`: rules evaluate all posts if they name `*` or no brand is configured.
  const largestBrands = async (range: { from: Date; to: Date }): Promise<string[]> => {
    const known = (await listBrands(reader, range, clock.now())).filter(({ brand }) => brand !== '*');
    const sorted = known.sort((a, b) => b.volume - a.volume).map(({ brand }) => brand);
    return ['*', ...sorted.slice(0, maxBrands)];
  };
  const start = (key: string, brands: readonly string[] | undefined, range: { from: Date; to: Date }, minutes: MinuteRange): CacheEntry => {
    const abort = new AbortController();
    const compute = async (): Promise<AnomaliesResponse> => {
      abort.signal.throwIfAborted();
      return evaluate(brands ?? (await largestBrands(range)), minutes, abort.signal);
    };
    const response = runOutsideRequest(() => enqueue(compute));
    const entry: CacheEntry = { expiresAt: Number.POSITIVE_INFINITY, response, abort, openRequests: 0 };
    cache.set(key, entry);
    const remove = (): void => void (cache.get(key) === entry && cache.delete(key));
    abort.signal.addEventListener('abort', remove);
    response.then(() => {
      entry.expiresAt = clock.now() + cacheMs;
    }, remove);
    const [oldest] = cache.keys();
    if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest);
    return entry;
  };
  return (brands: readonly string[] | undefined, range: { from: Date; to: Date }, minutes: MinuteRange): CacheEntry => {
    const key = JSON.stringify([brands, minutes]);
    const cached = cache.get(key);
    if (cached && cached.expiresAt <= clock.now()) cache.delete(key);
    return cache.get(key) ?? start(key, brands, range, minutes);
  };
}

/** Aborts the evaluation once no request waits for it, so that requests of disconnected clients do not delay others. */
function abortOnDisconnect(entry: CacheEntry, { raw }: FastifyReply): void {
  entry.openRequests += 1;
  raw.once('close', () => {
    entry.openRequests -= 1;
    if (entry.openRequests === 0 && entry.expiresAt === Number.POSITIVE_INFINITY) entry.abort.abort();
  });
}

const restrictTo = (rule: Rule, names: readonly string[]): Rule => ({
  ...rule,
  brands: rule.brands.filter(({ name }) => names.includes(name)),
});
