import { z } from 'zod';
import { erase, findTargets } from '../../sink/maintenance/erase.ts';
import { reapplyBrands } from '../../sink/maintenance/reapply-brands.ts';
import { retentionWindow } from '../../sink/maintenance/retention.ts';
import { clampToPosts, markRange } from '../../sink/queries/rollups.ts';
import { waitForRollups } from '../../sink/rollups/rollups.ts';
import type { App } from '../http/create-app.ts';
import { notFound } from '../http/problem.ts';
import type { MaintenanceDeps } from './dependencies.ts';
import { idParams, rangeBody, toTimeRange } from './query-schemas.ts';
import { jobResponse, postCountResponse } from './response-schemas.ts';

const erasureBody = z.strictObject({
  kind: z.enum(['post', 'author']),
  platform: z.string().min(1).max(256),
  id: z.string().min(1).max(256).describe('ID of the post or the author'),
  dryRun: z.boolean().default(false).describe('Only count matching posts'),
});

/** Bulk changes to stored posts and rollups. They take time, so the response is a job whose progress can be polled. */
export function registerMaintenanceRoutes(app: App, deps: MaintenanceDeps): void {
  const { db, clock, retention, jobs } = deps;
  const admin = { role: 'admin' } as const;

  const reapplySchema = { summary: 'Applies the current brand rules to stored posts', body: rangeBody, response: { 202: jobResponse } };
  app.post('/api/v1/brands/reapply', { config: { role: 'editor' }, schema: reapplySchema }, async ({ body }, reply) => {
    const range = toTimeRange(body, clock.now());
    // Rules that change meanwhile need another job.
    const matcher = deps.matcher();
    return reply
      .code(202)
      .send(jobs.start('reapply', (onProgress, signal) => reapplyBrands({ db, clock, matcher }, range, onProgress, signal)));
  });

  const rebuildSchema = { summary: 'Recomputes the rollups of a range from the posts', body: rangeBody, response: { 202: jobResponse } };
  app.post('/api/v1/rollups/rebuild', { config: admin, schema: rebuildSchema }, async ({ body }, reply) => {
    const requested = toTimeRange(body, clock.now());
    const job = jobs.start('rebuild', async (onProgress, signal) => {
      const { since } = retentionWindow(retention, clock.now());
      const range = await clampToPosts(db.maintenance, { ...requested, from: Math.max(requested.from, since) });
      if (!range) return 0;
      await markRange(db.maintenance, range, signal);
      return waitForRollups(deps, range, onProgress, signal);
    });
    return reply.code(202).send(job);
  });

  const erasureSchema = {
    summary: 'Erases a post, or all posts of an author, permanently',
    body: erasureBody,
    response: { 200: postCountResponse, 202: jobResponse },
  };
  app.post('/api/v1/erasures', { config: admin, schema: erasureSchema }, async ({ body: { dryRun, ...target } }, reply) => {
    if (dryRun) return { posts: (await findTargets(db.maintenance, target)).length };
    return reply
      .code(202)
      .send(jobs.start('erase', (onProgress, signal) => erase({ client: db.maintenance, clock }, target, onProgress, signal)));
  });

  const jobSchema = { summary: 'State of a job', params: idParams, response: { 200: jobResponse } };
  app.get('/api/v1/jobs/:id', { config: { role: 'editor' }, schema: jobSchema }, async ({ params }) => {
    const job = jobs.find(params.id);
    if (!job) throw notFound('No such job. Jobs are lost when the process restarts.');
    return job;
  });

  const stopSchema = {
    summary: 'Cancels a job',
    params: idParams,
    response: { 204: z.undefined().describe('The job is being cancelled') },
  };
  app.delete('/api/v1/jobs/:id', { config: admin, schema: stopSchema }, async ({ params }, reply) => {
    if (!jobs.cancel(params.id)) throw notFound('No such queued or running job.');
    return reply.code(204).send();
  });
}
