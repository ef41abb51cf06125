import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { Database } from '../../../sink/client/connection.ts';
import { erase, findTargets } from '../../../sink/maintenance/erase.ts';
import { type Matcher, reapplyBrands } from '../../../sink/maintenance/reapply-brands.ts';
import { clampToPosts, markRange, type TimeRange, waitForFigures } from '../../../sink/rollups/rebuild.ts';
import { keptAt, type Retention } from '../../../sink/rollups/retention-window.ts';
import { requireRole } from '../../auth/access.ts';
import { sendProblem } from '../../http/problem.ts';
import type { Jobs } from '../../jobs.ts';
import { parseQuery, readTime } from '../query-schemas.ts';
import { erasureBody, jobParams, rangeBody } from './maintenance-schemas.ts';

export interface MaintenanceDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly matcher: Matcher;
  /** Whether posts scored anew are scored for each of several brands as well. */
  readonly targetSentiment: boolean;
  readonly retention: Retention;
  readonly jobs: Jobs;
  /** Computes every figure that is marked, where no other part of the process does so. */
  readonly settle?: () => Promise<void>;
}

/** What changes stored posts or figures at large. It takes its time: the answer is a job, and where to ask how far it is. */
export function registerMaintenanceRoutes(app: FastifyInstance, parts: MaintenanceDeps): void {
  const { db, clock, matcher, retention, jobs } = parts;

  app.post('/api/v1/brands/reapply', requireRole('admin'), async ({ body }, reply) => {
    const range = secondsOf(parseQuery(rangeBody, body ?? {}), clock.now());
    return reply.code(202).send(jobs.start('reapply', (report, signal) => reapplyBrands({ db, clock, matcher }, range, report, signal)));
  });

  app.post('/api/v1/rollups/rebuild', requireRole('admin'), async ({ body }, reply) => {
    const wanted = secondsOf(parseQuery(rangeBody, body ?? {}), clock.now());
    const job = jobs.start('rebuild', async (report, signal) => {
      const { since } = keptAt(retention, clock.now());
      const range = await clampToPosts(db.upkeep, { ...wanted, from: Math.max(wanted.from, since) });
      if (!range) return 0;
      await markRange(db.upkeep, range, signal);
      return waitForFigures(parts, range, report, signal);
    });
    return reply.code(202).send(job);
  });

  app.post('/api/v1/erasures', requireRole('admin'), async ({ body }, reply) => {
    const { dryRun, ...doomed } = parseQuery(erasureBody, body);
    if (dryRun) return { posts: (await findTargets(db.upkeep, doomed)).length };
    return reply.code(202).send(jobs.start('erase', (report, signal) => erase({ client: db.upkeep, clock }, doomed, report, signal)));
  });

  app.get('/api/v1/jobs/:id', requireRole('editor'), async ({ params }, reply) => {
    const job = jobs.find(parseQuery(jobParams, params).id);
    return job ?? sendProblem(reply, 404, 'Not found', 'This process knows no such job; jobs end with the process that they run in.');
  });

  app.delete('/api/v1/jobs/:id', requireRole('admin'), async ({ params }, reply) => {
    const { id } = parseQuery(jobParams, params);
    return jobs.stop(id) ? reply.code(204).send() : sendProblem(reply, 404, 'Not found', 'This process has no such job that still runs.');
  });
}

/** Whole minutes that a range touches. @throws USAGE for an empty one */
export function secondsOf({ since, until }: z.output<typeof rangeBody>, now: number): TimeRange {
  const from = since === undefined ? 0 : (readTime(since, now) ?? 0);
  const to = readTime(until, now) ?? now;
  if (from >= to) throw new FeedpulseError('USAGE', 'since: must lie before until');
  return { from: Math.max(0, Math.floor(from / 60_000) * 60), to: Math.ceil(to / 60_000) * 60 };
}
