import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Clock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { Database } from '../../../sink/client/connection.ts';
import { correct, countToCorrect, type Selection } from '../../../sink/maintenance/corrections.ts';
import { requireRole } from '../../auth/access.ts';
import { parseQuery, readTime } from '../query-schemas.ts';
import { correctionBody, postQuery } from './maintenance-schemas.ts';

const path = '/api/v1/corrections';

/** A person's word on posts against the model's: said, and taken back. The figures follow within seconds. */
export function registerCorrectionRoutes(app: FastifyInstance, { db, clock }: { db: Database; clock: Pick<Clock, 'now'> }): void {
  app.post(path, requireRole('editor'), async ({ body, caller }) => {
    const { label: said, reason, expected, dryRun, ...selected } = parseQuery(correctionBody, body);
    const posts = selectionOf(selected, clock.now());
    const label = said ?? undefined;
    const by = caller?.name ?? '';
    return { posts: dryRun ? await countToCorrect(db, { posts, label }) : await correct(db, { posts, label, by, reason, expected }) };
  });
  app.delete(path, requireRole('editor'), async ({ query, caller }) => {
    const posts = parseQuery(postQuery, query);
    return { posts: await correct(db, { posts, label: undefined, by: caller?.name ?? '', reason: '' }) };
  });
}

function selectionOf({ post, filter }: Pick<z.output<typeof correctionBody>, 'post' | 'filter'>, now: number): Selection {
  if (post) return post;
  // The schemas let either through, one at a time, and have read both times.
  const from = readTime(filter?.from ?? '', now) ?? 0;
  const to = readTime(filter?.to ?? '', now) ?? now;
  if (from >= to) throw new FeedpulseError('USAGE', 'from: must lie before to');
  return { ...filter, brand: filter?.brand ?? '*', from, to };
}
