import { z } from 'zod';
import { labels, storedLabels } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { applyCorrection, countCorrectable, type Selection } from '../../sink/maintenance/corrections.ts';
import type { App } from '../http/create-app.ts';
import type { MaintenanceDeps } from './dependencies.ts';
import { readTime, time } from './query-schemas.ts';
import { postCountResponse } from './response-schemas.ts';

const path = '/api/v1/corrections';
const platform = z.string().min(1).max(256);

const post = z.strictObject({ platform, id: z.string().min(1).max(256) });

const filter = z.strictObject({
  from: time,
  to: time.default('now'),
  brand: z.string().min(1).max(100).default('*').describe('A configured brand; `*` is all posts'),
  platform: platform.optional(),
  lang: z.string().min(1).max(35).optional(),
  label: z.enum(storedLabels).optional().describe('The effective label'),
  text: z.string().min(1).max(256).optional().describe('Substring of the text, ignoring case'),
});

/** Selects one post, or all posts in a range that match a filter. */
const correctionBody = z
  .strictObject({
    label: z.enum(labels).nullable().describe('The correct label; null removes corrections'),
    reason: z.string().max(500).default('').describe('Reason, stored with the correction'),
    post: post.optional(),
    filter: filter.optional(),
    expected: z.int().min(0).optional().describe('Fail if the number of matching posts differs'),
    dryRun: z.boolean().default(false).describe('Only count matching posts'),
  })
  .refine((body) => (body.post === undefined) !== (body.filter === undefined), 'exactly one of post and filter is required');

/** Manual labels, which take precedence over the model's. Rollups are updated within seconds. */
export function registerCorrectionRoutes(app: App, { db, clock }: Pick<MaintenanceDeps, 'db' | 'clock'>): void {
  const addSchema = {
    summary: 'Corrects the label of posts, or removes corrections',
    body: correctionBody,
    response: { 200: postCountResponse },
  };
  app.post(path, { config: { role: 'editor' }, schema: addSchema }, async ({ body, caller }) => {
    const { label: corrected, reason, expected, dryRun, ...selected } = body;
    const posts = toSelection(selected, clock.now());
    const label = corrected ?? undefined;
    const by = caller?.name ?? '';
    return {
      posts: dryRun ? await countCorrectable(db, { posts, label }) : await applyCorrection(db, { posts, label, by, reason, expected }),
    };
  });

  const removeSchema = { summary: 'Removes the correction of a post', querystring: post, response: { 200: postCountResponse } };
  app.delete(path, { config: { role: 'editor' }, schema: removeSchema }, async ({ query, caller }) => ({
    posts: await applyCorrection(db, { posts: query, label: undefined, by: caller?.name ?? '', reason: '' }),
  }));
}

/** @throws USAGE for an empty range */
function toSelection({ post, filter }: Pick<z.output<typeof correctionBody>, 'post' | 'filter'>, now: number): Selection {
  if (post) return post;
  // The schema requires a filter here, and has checked both times.
  const from = readTime(filter?.from ?? '', now) ?? 0;
  const to = readTime(filter?.to ?? '', now) ?? now;
  if (from >= to) throw new FeedpulseError('USAGE', 'from: must be before to.');
  return { ...filter, brand: filter?.brand ?? '*', from, to };
}
