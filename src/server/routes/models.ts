import { z } from 'zod';
import { compareModels, listModelVersions } from '../../analytics/models/model-comparison.ts';
import type { ModelComparison, ModelCounts, ModelVersion } from '../../domain/brand-metrics.ts';
import { storedLabels } from '../../domain/post.ts';
import { withBrandSentiment } from '../../infer/brand-sentiment/brand-sentiment.ts';
import type { ModelChoice } from '../../infer/loaded-model.ts';
import { createScorer, type Predictions } from '../../infer/scorer.ts';
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
  languages: z
    .array(z.string().regex(/^[a-z]{2,3}$/))
    .min(1)
    .optional()
    .describe('Only posts in these languages; default: those that a model in use is used for, all that another model reads'),
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
  app.post('/api/v1/rescore', { config: admin, schema: rescoreSchema }, async ({ body: { model, languages, ...query } }, reply) => {
    const range = toTimeRange(query, clock.now());
    const work: RunJob = (onProgress, signal) =>
      withRescorer({ path: model, ...(languages && { languages }) }, maintenance, log, (rescorer) =>
        rescore({ db, clock: maintenance.clock, rescorer }, range, onProgress, signal),
      );
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

/** Opens a model with one worker and no cache, so that live inference keeps its cores. */
async function withRescorer<T>(
  choice: ModelChoice,
  { scoring, matcher, models }: MaintenanceDeps,
  log: Log,
  work: (rescorer: Rescorer) => Promise<T>,
): Promise<T> {
  // Beside another model for English, a multilingual one is not used for it, and should not replace its scores.
  const languages = choice.languages ?? models.find(({ info }) => info.dir === choice.path)?.languages;
  const scorer = await createScorer({
    models: [{ ...choice, ...(languages && { languages }) }],
    workers: 1,
    cacheSize: 0,
    earlyExit: scoring.earlyExit === 'auto',
    log,
  });
  try {
    const { score } = scoring.targetSentiment ? withBrandSentiment(scorer, matcher().match) : scorer;
    const [{ info, languages: scored }] = scorer.models;
    const others = models.flatMap((model) => model.languages).filter((language) => !scored.includes(language));
    return await work({ modelVersion: info.id, score: async (posts) => keepOthers(await score(posts), others) });
  } finally {
    await scorer.close();
  }
}

/** No scores for posts in languages that only other models read: activated, they would remove the scores of those. */
const keepOthers = (predictions: Predictions, others: readonly string[]): Predictions =>
  predictions.map((prediction) => (prediction?.label === 'unscored' && others.includes(prediction.lang) ? undefined : prediction));
