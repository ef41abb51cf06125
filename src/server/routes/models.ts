import { z } from 'zod';
import { compareModels, listModelVersions } from '../../analytics/models/model-comparison.ts';
import type { ModelComparison, ModelCounts, ModelVersion } from '../../domain/brand-metrics.ts';
import { storedLabels } from '../../domain/post.ts';
import { withBrandSentiment } from '../../infer/brand-sentiment/brand-sentiment.ts';
import { createScorer } from '../../infer/scorer.ts';
import type { Log } from '../../lib/log.ts';
import { activateScores, countToActivate, type Rescorer, rescore } from '../../sink/maintenance/rescore.ts';
import type { App } from '../http/create-app.ts';
import type { RunJob } from '../jobs.ts';
import type { ApiDeps, MaintenanceDeps } from './dependencies.ts';
import { brandRangeQuery, rangeBody, resolveRange, toIsoRange, toTimeRange } from './query-schemas.ts';
import { brand, change, count, jobResponse, meanScore, netSentiment, postCountResponse, range, share } from './response-schemas.ts';

const modelVersion = z.string().min(1).max(200).describe('As stored with posts: name@version');
const rescoreBody = rangeBody.extend({
  model: z.string().min(1).max(1_000).describe('Path of a model directory on the server'),
});
const activateBody = rangeBody.extend({ version: modelVersion, dryRun: z.boolean().default(false).describe('Only count matching posts') });
const compareModelsQuery = brandRangeQuery.extend({ version: modelVersion });

const label = z.enum(storedLabels);
const modelCounts = z.strictObject({
  negative: count,
  neutral: count,
  positive: count,
  unscored: count,
  netSentiment,
  meanScore,
}) satisfies z.ZodType<ModelCounts>;

const modelsResponse = z
  .array(
    z.strictObject({
      version: z.string(),
      active: count.describe('Posts whose active score is from this model'),
      inactive: count.describe('Posts that have an inactive score from this model'),
      ...range,
    }),
  )
  .describe('Models with stored scores') satisfies z.ZodType<ModelVersion[]>;

const modelComparisonResponse = z
  .strictObject({
    brand,
    version: z.string(),
    ...range,
    posts: count.describe('Posts scored by both models; corrected ones are left out'),
    active: modelCounts,
    other: modelCounts,
    agreement: share,
    labels: z.array(z.strictObject({ active: label, other: label, posts: count })).readonly(),
    netSentimentDifference: change.nullable(),
  })
  .describe('Metrics of both models') satisfies z.ZodType<ModelComparison>;

/** Stored scores of several models: list, compare, compute and activate them. */
export function registerModelRoutes(app: App, { heavyReader, clock, maintenance, log }: Omit<ApiDeps, 'config'>): void {
  const { db, jobs } = maintenance;
  const viewer = { role: 'viewer', cacheable: true } as const;
  const admin = { role: 'admin' } as const;

  const modelsSchema = {
    summary: 'Models with stored scores, with their numbers of active and inactive posts',
    querystring: z.strictObject({}),
    response: { 200: modelsResponse },
  };
  app.get('/api/v1/models', { config: viewer, schema: modelsSchema }, () => listModelVersions(heavyReader));

  const compareSchema = {
    summary: 'Metrics of a brand by the active scores and by another model, over the posts that both scored',
    querystring: compareModelsQuery,
    response: { 200: modelComparisonResponse },
  };
  app.get(
    '/api/v1/models/compare',
    { config: { ...viewer, heavy: true }, schema: compareSchema },
    async ({ query: { brand, version, ...query } }) => {
      const range = resolveRange(query, clock.now());
      return { brand, version, ...toIsoRange(range), ...(await compareModels(heavyReader, { brand, version, ...range })) };
    },
  );

  const rescoreSchema = {
    summary: 'Scores stored posts with another model; the active scores stay',
    body: rescoreBody,
    response: { 202: jobResponse },
  };
  app.post('/api/v1/rescore', { config: admin, schema: rescoreSchema }, async ({ body: { model, ...query } }, reply) => {
    const range = toTimeRange(query, clock.now());
    const work: RunJob = (onProgress, signal) =>
      withRescorer(model, maintenance, log, (rescorer) => rescore({ db, clock: maintenance.clock, rescorer }, range, onProgress, signal));
    // A separate queue: rescoring can take days and must not block other jobs.
    return reply.code(202).send(jobs.start('rescore', work, 'rescore'));
  });

  const activateSchema = {
    summary: "Makes a model's scores the active ones",
    body: activateBody,
    response: { 200: postCountResponse, 202: jobResponse },
  };
  app.post('/api/v1/models/activate', { config: admin, schema: activateSchema }, async ({ body }, reply) => {
    const { version, dryRun, ...query } = body;
    const range = toTimeRange(query, clock.now());
    if (dryRun) return { posts: await countToActivate(db, version, range) };
    return reply.code(202).send(jobs.start('activate', (onProgress, signal) => activateScores(db, version, range, onProgress, signal)));
  });
}

/** Opens the model with one worker and no cache, so that live inference keeps its cores. */
async function withRescorer<T>(
  modelPath: string,
  { scoring, matcher }: MaintenanceDeps,
  log: Log,
  work: (rescorer: Rescorer) => Promise<T>,
): Promise<T> {
  const scorer = await createScorer({ modelPath, workers: 1, cacheSize: 0, earlyExit: scoring.earlyExit === 'auto', log });
  try {
    const { score } = scoring.targetSentiment ? withBrandSentiment(scorer, matcher.match) : scorer;
    return await work({ modelVersion: scorer.model.id, score });
  } finally {
    await scorer.close();
  }
}
