import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { z } from 'zod';
import { type Calibrations, noCalibrations } from '../../src/analytics/calibration/calibrations.ts';
import { createPipelineReport } from '../../src/app/pipeline-report.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { AlertTransition } from '../../src/domain/alert.ts';
import type { ScoredPost } from '../../src/domain/post.ts';
import type { Role } from '../../src/domain/roles.ts';
import type { PipelineStatus } from '../../src/domain/status.ts';
import type { ModelInfo } from '../../src/infer/model/model.ts';
import { createBrandMatcher } from '../../src/ingest/brands/brand-matcher.ts';
import { openDeadLetters } from '../../src/ingest/dead-letters/open-dead-letters.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createEventBus } from '../../src/lib/event-bus.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { addToken } from '../../src/server/auth/token-file.ts';
import { createInProcessApi } from '../../src/server/http/in-process.ts';
import { createJobs } from '../../src/server/jobs.ts';
import type { BrandSettings, MaintenanceDeps } from '../../src/server/routes/dependencies.ts';
import { openCheckedTokenStore, type RunningServer, type ServerDeps, startServer } from '../../src/server/server.ts';
import type { Connections } from '../../src/sink/client/connection.ts';
import { createDatabaseHealth } from '../../src/sink/client/database-health.ts';
import { quiet } from '../support/test-database.ts';

export const healthy: PipelineStatus = {
  ready: true,
  components: { source: 'ok', model: 'ok', database: 'ok' },
  degraded: false,
  sources: [
    {
      name: 'demo',
      type: 'demo',
      state: 'running',
      issue: null,
      postsPerSecond: 5,
      lag: null,
      behindSeconds: null,
      endpoint: null,
      deadLetters: 0,
      skipped: 0,
      gaps: 0,
    },
  ],
  modelVersion: 'm1',
  postsPerSecond: 5,
  lag: 3,
  latencySeconds: 0.4,
};

const model: ModelInfo = {
  format: 1,
  name: 'm',
  version: '1.0.0',
  id: 'm@1.0.0',
  dir: '',
  labels: ['negative', 'neutral', 'positive'],
  languages: ['en'],
  maxLength: 128,
  cleaning: 4,
  temperature: 1.4,
  weights: 'onnx/model_quantized.onnx',
  session: { disabledOptimizers: [] },
  files: { 'config.json': { bytes: 648, sha256: '' } },
  figures: undefined,
};

export const problemType = 'application/problem+json; charset=utf-8';

const testBrands = configSchema.parse({ brands: [{ name: 'Kestrel', timeZone: 'Asia/Kathmandu' }, { name: 'Heron' }] }).brands;
const noBrands = createBrandMatcher([]);
/** For tests that change no brand. */
const fixedBrands: BrandSettings = {
  entries: () => testBrands.map((brand) => ({ brand, isConfigured: true })),
  put: () => Promise.reject(new Error('unexpected change of a brand')),
  remove: () => Promise.reject(new Error('unexpected change of a brand')),
};

export type TestServer = RunningServer & Pick<ServerDeps, 'storedPosts' | 'alerts' | 'metrics'>;

/** A folder for tokens.json, which is not there yet. */
export function tokenFolder(): { path: string; add: (name: string, role?: Role) => Promise<string>; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'feedpulse-tokens-'));
  const path = join(folder, 'tokens.json');
  return {
    path,
    add: (name, role = 'viewer') => addToken(path, { name, role }, new Date()),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The real server on a free port, with no token. Without a `reader` its history is a database that is not there. */
export async function startTestServer(given: Partial<ServerDeps> & { server?: object } = {}): Promise<TestServer> {
  const { server, ...parts } = given;
  const storedPosts = createEventBus<ScoredPost>();
  const alerts = createEventBus<AlertTransition>();
  const metrics = createMetrics();
  const config = configSchema.parse({ server: { port: 0, tokensFile: join(tmpdir(), 'feedpulse-no-folder', 'tokens.json'), ...server } });
  const tokens = await openCheckedTokenStore(config, quiet);
  const nowhere = createClient({ url: 'http://127.0.0.1:1', log: { level: ClickHouseLogLevel.OFF } });
  const running = await startServer({
    config,
    tokens,
    log: quiet,
    clock: systemClock,
    metrics,
    reader: nowhere,
    heavyReader: parts.reader ?? nowhere,
    maintenance: upkeepOf({ kind: 'server', writer: nowhere, maintenance: nowhere, reader: nowhere, heavyReader: nowhere }),
    storedPosts,
    alerts,
    readStatus: () => healthy,
    isIngestSaturated: () => false,
    readPipelineReport: createPipelineReport({
      clock: systemClock,
      metrics,
      recent: { quantiles: () => null, lag: () => 3, close: () => {} },
      models: [{ info: model, languages: ['en'] }],
      db: { maintenance: parts.maintenance?.db.maintenance ?? nowhere, reader: parts.reader ?? nowhere },
      status: parts.readStatus ?? (() => healthy),
    }),
    openDeadLetters: (source) => openDeadLetters({ config, clock: systemClock, log: quiet }, new AbortController().signal, source),
    brands: () => testBrands,
    brandSettings: fixedBrands,
    calibrations: noCalibrations,
    ...parts,
  });
  const close = async () => {
    tokens.close();
    await running.close();
  };
  return { ...running, close, storedPosts, alerts, metrics };
}

/** The API within this process, over a database. */
export function apiOn(
  db: Omit<Connections, 'close'>,
  settings: object,
  calibrations: Calibrations = noCalibrations,
): ReturnType<typeof createInProcessApi> {
  const config = configSchema.parse(settings);
  const { reader, heavyReader } = db;
  return createInProcessApi({
    reader,
    heavyReader,
    clock: systemClock,
    brands: () => config.brands,
    brandSettings: fixedBrands,
    calibrations,
    log: quiet,
    maintenance: upkeepOf(db),
    config,
  });
}

/** What the routes that change something need, over a database. */
export function upkeepOf(db: Omit<Connections, 'close'>): MaintenanceDeps {
  const health = createDatabaseHealth(systemClock);
  const matcher = () => noBrands;
  const { retention } = configSchema.parse({});
  return {
    db: { ...db, health, close: async () => {} },
    clock: systemClock,
    matcher,
    retention,
    jobs: createJobs(quiet),
    scoring: { earlyExit: 'auto', targetSentiment: true },
    models: [],
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** A request with any headers at all; `fetch` forbids some, Host and Origin among them. */
export function send(url: string, headers: Readonly<Record<string, string | string[]>> = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

/** What the OpenAPI document of the server says about its queries. */
export interface ApiDocument {
  /** GET paths under /api/v1 without path parameters whose responses are JSON of the stored history. */
  readonly queryPaths: readonly string[];
  /** Names of the query parameters. */
  parameters(path: string): string[];
  /** Schema of the successful response, as the document has it. */
  response(path: string): z.ZodType | undefined;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: z.core.JSONSchema.JSONSchema }>> }>
  >;
}

export async function readApiDocument(): Promise<ApiDocument> {
  const server = await startTestServer();
  const { text } = await send(`${server.url}/api/v1/openapi.json`);
  await server.close();
  const { paths } = JSON.parse(text) as { paths: Record<string, { get?: Operation }> }; // a test validates the document
  const isQuery = ([, { get }]: [string, { get?: Operation }]): boolean => get?.responses['304'] !== undefined;
  return {
    queryPaths: Object.entries(paths)
      .filter(isQuery)
      .map(([path]) => path),
    parameters: (path) => (paths[path]?.get?.parameters ?? []).map(({ name }) => name),
    response: (path) => {
      const schema = paths[path]?.get?.responses['200']?.content?.['application/json']?.schema;
      return schema && z.fromJSONSchema(schema);
    },
  };
}
