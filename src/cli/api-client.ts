import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { withDemoBrands } from '../app/demo-brands.ts';
import { type Instance, readInstance } from '../app/instance-file.ts';
import type { Config } from '../config/schema.ts';
import { createBrandMatcher } from '../ingest/brands/brand-matcher.ts';
import { systemClock } from '../lib/clock.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { fetchText } from '../lib/http-client.ts';
import type { Log } from '../lib/log.ts';
import { createMetrics } from '../lib/metrics.ts';
import { type ApiRequest, type ApiResponse, createInProcessApi } from '../server/http/in-process.ts';
import { createJobs, type Jobs } from '../server/jobs.ts';
import { type Database, openDatabase } from '../sink/client/connection.ts';
import { migrate } from '../sink/migrations/migrate.ts';
import { createRollups } from '../sink/rollups/rollups.ts';

/** A list is a parameter given several times. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The API as a command asks it; what `T` is stands in the API's description. */
export interface Api {
  /** @throws USAGE for what the API does not take, DATABASE_UNAVAILABLE where it could not answer */
  get<T>(path: string, query?: Query): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T>;
}

/** An export of posts is the largest response. */
const maxResponseBytes = 512 * 1_048_576;

type Ask = (request: ApiRequest) => Promise<ApiResponse>;

/**
 * Asks the process that has the data folder open, over HTTP; where there is none, or the database is a server,
 * opens the database and asks the same API within this process. So a command and the page get the same figures.
 * @throws what `openDatabase` throws; FILE_UNREADABLE where nothing has been stored yet
 */
export async function withApi<T>(config: Config, log: Log, work: (api: Api) => Promise<T>): Promise<T> {
  const { clickhouse, dataDir } = config;
  const owner = clickhouse.url ? undefined : await readInstance(dataDir);
  if (owner) return work(apiOf(overHttp(owner)));
  if (!clickhouse.url && !existsSync(join(dataDir, 'clickhouse')))
    throw new FeedpulseError('FILE_UNREADABLE', `there is no history in ${dataDir} yet; \`feedpulse run\` makes one.`);
  const db = await openDatabase({ clickhouse, dataDir, log });
  const jobs = createJobs(log);
  try {
    if (db.kind === 'embedded') await migrate(db, log);
    return await askWithin({ config, db, jobs, log }, work);
  } finally {
    await jobs.close();
    await db.close();
  }
}

/** Asks the API within this process; what that changes in the figures is computed before it ends. */
async function askWithin<T>(ground: { config: Config; db: Database; jobs: Jobs; log: Log }, work: (api: Api) => Promise<T>): Promise<T> {
  const { config, db, jobs, log } = ground;
  const clock = systemClock;
  const { retention } = config;
  const { brands } = withDemoBrands(config);
  const { settle } = createRollups({ db, clock, log, metrics: createMetrics(), retention });
  const maintenance = {
    db,
    clock,
    retention,
    matcher: createBrandMatcher(brands),
    jobs,
    settle,
    targetSentiment: config.model.targetSentiment,
  };
  const ask = createInProcessApi({ reader: db.reader, heavyReader: db.heavyReader, clock, brands, log, maintenance, config });
  let changing = false;
  const answer = await work(
    apiOf((request) => {
      changing ||= request.method !== 'GET';
      return ask(request);
    }),
  );
  if (changing) await settle();
  return answer;
}

function apiOf(ask: Ask): Api {
  return {
    get: async (path, query = {}) => read(await ask({ method: 'GET', path: withQuery(path, query) })),
    send: async (method, path, body) => read(await ask({ method, path, ...(body && { body }) })),
  };
}

function withQuery(path: string, query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const one of [value ?? []].flat()) given.append(name, String(one));
  return given.size === 0 ? path : `${path}?${given}`;
}

const problem = z.object({ detail: z.string() });

function read<T>({ status, text }: ApiResponse): T {
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (status < 300) return body as T; // the API's own answer, of the same version or one that a test holds to its description
  const { detail = 'no reason was given' } = problem.safeParse(body).data ?? {};
  throw new FeedpulseError(status < 500 ? 'USAGE' : 'DATABASE_UNAVAILABLE', detail);
}

function overHttp({ url, token }: Instance): Ask {
  return async ({ method, path, body }) => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    try {
      return await fetchText(new URL(`${url}${path}`), { method, headers, ...(body && { body: JSON.stringify(body) }) }, maxResponseBytes);
    } catch (thrown) {
      throw new FeedpulseError('DATABASE_UNAVAILABLE', `the process that has the data folder open does not answer at ${url}.`, {
        cause: asError(thrown),
      });
    }
  };
}
