import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Instance, readInstance } from '../app/instance-file.ts';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../lib/clock.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { ApiRequest, ApiResponse } from '../server/http/in-process.ts';
import type { Job } from '../server/jobs.ts';
import { createProgress } from './output/progress.ts';

/** A list is sent as a repeated parameter. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A client of the HTTP API; `T` is the response type that the API documents for the path. */
export interface Api {
  /** @throws USAGE if the API rejects the request, DATABASE_UNAVAILABLE for HTTP 503, an error without a code for HTTP 500 */
  get<T>(path: string, query?: Query): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T>;
}

/** An export of posts is the largest response. */
const maxResponseBytes = 512 * 1_048_576;

type SendRequest = (request: ApiRequest) => Promise<ApiResponse>;

/**
 * Uses the HTTP API of the process that has the data directory open. Otherwise opens the database and serves the same API
 * in process, so that commands and the web UI show the same numbers.
 * @throws what `openDatabase` throws; FILE_INACCESSIBLE if the data directory has no database yet
 */
export async function withApi<T>(config: Config, log: Log, callback: (api: Api) => Promise<T>): Promise<T> {
  const { clickhouse, dataDir } = config;
  const instance = clickhouse.url ? undefined : await readInstance(dataDir);
  if (instance) return callback(createApi(overHttp(instance)));
  if (!clickhouse.url && !existsSync(join(dataDir, 'clickhouse')))
    throw new FeedpulseError('FILE_INACCESSIBLE', `The data directory ${dataDir} has no database yet; start \`feedpulse run\` first.`);
  // Loaded only here: the server and the database take longer to load than most requests.
  const { useInProcessApi } = await import('../app/in-process-api.ts');
  return useInProcessApi(config, log, (request) => callback(createApi(request)));
}

function createApi(request: SendRequest): Api {
  return {
    get: async (path, query = {}) => parseResponse(await request({ method: 'GET', path: withQuery(path, query) })),
    send: async (method, path, body) => parseResponse(await request({ method, path, ...(body && { body }) })),
  };
}

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values ?? []].flat()) params.append(name, String(value));
  }
  return params.size === 0 ? path : `${path}?${params}`;
}

const problem = z.object({ detail: z.string() });

function parseResponse<T>({ status, text }: ApiResponse): T {
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (status < 300) return body as T; // a response of our own API; tests check it against its schema
  const { detail = 'No reason given.' } = problem.safeParse(body).data ?? {};
  if (status === 503) throw new FeedpulseError('DATABASE_UNAVAILABLE', detail);
  if (status < 500) throw new FeedpulseError('USAGE', detail);
  throw new Error(`The API failed with HTTP ${status}: ${detail}`); // a bug, so it has no code
}

function overHttp({ url, token }: Instance): SendRequest {
  return async ({ method, path, body }) => {
    const { fetchText } = await import('../lib/http-client.ts');
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    try {
      return await fetchText(new URL(`${url}${path}`), { method, headers, ...(body && { body: JSON.stringify(body) }) }, maxResponseBytes);
    } catch (thrown) {
      throw new FeedpulseError('INSTANCE_UNAVAILABLE', `The process that uses the data directory does not respond at ${url}.`, {
        cause: asError(thrown),
      });
    }
  };
}

const pollMs = 250;

/** Starts a job and waits until it is done, with a progress bar. @throws the code of the job's error if it fails, else JOB_FAILED */
export async function waitForJob(api: Api, title: string, path: string, body: object): Promise<Job> {
  const progress = createProgress(title);
  try {
    let job = await api.send<Job>('POST', path, body);
    while (job.state === 'queued' || job.state === 'running') {
      await systemClock.sleep(pollMs);
      job = await api.get<Job>(`/api/v1/jobs/${job.id}`);
      if (job.total > 0) progress.update(job.done, job.total);
    }
    if (job.state === 'failed') throw new FeedpulseError(job.code ?? 'JOB_FAILED', job.detail ?? 'No reason given.');
    return job;
  } finally {
    progress.stop();
  }
}
