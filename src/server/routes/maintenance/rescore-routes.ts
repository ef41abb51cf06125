import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { compareModels, modelVersions } from '../../../analytics/models/model-comparison.ts';
import { withBrandSentiment } from '../../../infer/brand-sentiment/brand-sentiment.ts';
import { createScorer } from '../../../infer/scorer.ts';
import type { Log } from '../../../lib/log.ts';
import { activateScores, countToActivate } from '../../../sink/maintenance/activate-scores.ts';
import { type Rescorer, rescore } from '../../../sink/maintenance/rescore.ts';
import { requireRole } from '../../auth/access.ts';
import type { RunJob } from '../../jobs.ts';
import { modelComparisonResponse, modelsResponse } from '../history/history-responses.ts';
import type { QueryDeps } from '../history/history-routes.ts';
import { parseQuery, resolveRange } from '../query-schemas.ts';
import { type MaintenanceDeps, secondsOf } from './maintenance-routes.ts';
import { activateBody, compareModelsQuery, rescoreBody } from './maintenance-schemas.ts';

export const modelsApi = {
  '/api/v1/models': {
    summary: 'Models whose scores are stored, and for how many posts',
    query: z.strictObject({}),
    answer: modelsResponse,
  },
  '/api/v1/models/compare': {
    summary: 'The figures of a brand with the scores that count and with those of another model, over the posts that have both',
    query: compareModelsQuery,
    answer: modelComparisonResponse,
  },
} as const;

/** Stored posts through another model; it takes days, and other jobs do not wait for it. */
export function registerRescoreRoutes(
  app: FastifyInstance,
  { heavyReader, clock, maintenance, log }: QueryDeps & { maintenance: MaintenanceDeps; log: Log },
): void {
  const { db, jobs } = maintenance;

  app.get('/api/v1/models', requireRole('viewer'), async (request) => {
    parseQuery(modelsApi['/api/v1/models'].query, request.query);
    return modelVersions(heavyReader);
  });

  app.get('/api/v1/models/compare', requireRole('viewer'), async (request) => {
    const { brand, version, ...query } = parseQuery(compareModelsQuery, request.query);
    const range = resolveRange(query, clock.now());
    return { brand, version, ...range, ...(await compareModels(heavyReader, { brand, version, ...range })) };
  });

  app.post('/api/v1/rescore', requireRole('admin'), async ({ body }, reply) => {
    const { model, ...query } = parseQuery(rescoreBody, body);
    const range = secondsOf(query, clock.now());
    const work: RunJob = (report, signal) =>
      withRescorer(model, maintenance, log, (rescorer) => rescore({ db, clock: maintenance.clock, rescorer }, range, report, signal));
    return reply.code(202).send(jobs.start('rescore', work, 'rescore'));
  });

  app.post('/api/v1/models/activate', requireRole('admin'), async ({ body }, reply) => {
    const { version, dryRun, ...query } = parseQuery(activateBody, body);
    const range = secondsOf(query, clock.now());
    if (dryRun) return { posts: await countToActivate(db, version, range) };
    return reply.code(202).send(jobs.start('activate', (report, signal) => activateScores(db, version, range, report, signal)));
  });
}

/** One thread and no cache: the feed's own inference goes first. */
async function withRescorer<T>(
  folder: string,
  { targetSentiment, matcher }: MaintenanceDeps,
  log: Log,
  work: (rescorer: Rescorer) => Promise<T>,
): Promise<T> {
  const scorer = await createScorer({ modelPath: folder, workers: 1, cacheSize: 0, log });
  try {
    const { score } = targetSentiment ? withBrandSentiment(scorer, matcher.match) : scorer;
    return await work({ modelVersion: scorer.model.id, score });
  } finally {
    await scorer.close();
  }
}
