import type { Prediction } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/query.ts';
import { countActivatable, countPosts, type PostToRescore, readPostsToRescore, swapScores } from '../queries/models.ts';
import { clampToPosts, type TimeRange } from '../queries/rollups.ts';
import { brandSentimentColumns, toDateTime } from '../writer/post-row.ts';
import { forEachPage, rewriteRange, splitRange } from './slices.ts';

const maxPosts = 256;

/** Another model: one prediction per post, in order; undefined for a post that it fails on. */
export interface Rescorer {
  readonly modelVersion: string;
  score(posts: readonly { readonly text: string; readonly lang: string }[]): Promise<(Prediction | undefined)[]>;
}

interface RescoreDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly rescorer: Rescorer;
}

/**
 * Scores the posts in a range with another model and stores the scores beside the active ones. An interrupted job
 * continues where it stopped, and a post is scored again only if it changed. Reports posts; returns how many were scored.
 */
export async function rescore(deps: RescoreDeps, range: TimeRange, onProgress: OnProgress, signal?: AbortSignal): Promise<number> {
  const { maintenance } = deps.db;
  const clamped = await clampToPosts(maintenance, range);
  if (!clamped) return 0;
  const total = await countPosts(maintenance, clamped);
  let [processed, scored] = [0, 0];
  for (const slice of splitRange(clamped)) {
    const previous = processed;
    scored += await rescoreSlice(deps, slice, (done) => onProgress(Math.min(total, previous + done), total), signal);
    processed += await countPosts(maintenance, slice);
    onProgress(Math.min(total, processed), total);
  }
  return scored;
}

async function rescoreSlice(
  { db, clock, rescorer }: RescoreDeps,
  slice: TimeRange,
  onProgress: (done: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  const { modelVersion } = rescorer;
  let [done, scored] = [0, 0];
  await forEachPage(
    clock,
    (after) => readPostsToRescore(db.maintenance, slice, { modelVersion, after, limit: maxPosts }),
    async (page) => {
      const predictions = await rescorer.score(page);
      const rows = page.flatMap((post, index) => toScoreRow(post, predictions[index], { modelVersion, now: clock.now() }));
      await insertRows(db.maintenance, 'scores', rows);
      done += page.length;
      scored += rows.length;
      onProgress(done);
    },
    signal,
  );
  return scored;
}

function toScoreRow(
  { createdAt, platform, id, version }: PostToRescore,
  prediction: Prediction | undefined,
  { modelVersion, now }: { modelVersion: string; now: number },
): Record<string, unknown>[] {
  if (!prediction) return [];
  const { label, negative, neutral, positive, score, confidence, truncated, brandSentiment } = prediction;
  const scores = { label, negative, neutral, positive, score, confidence, truncated, ...brandSentimentColumns(brandSentiment) };
  return [{ created_at: createdAt, platform, id, version, ...scores, model_version: modelVersion, scored_at: toDateTime(now) }];
}

/** How many posts in a range would change to a model's scores. */
export async function countToActivate({ maintenance }: Database, modelVersion: string, range: TimeRange): Promise<number> {
  const clamped = await clampToPosts(maintenance, range);
  let posts = 0;
  for (const slice of clamped ? splitRange(clamped) : []) posts += await countActivatable(maintenance, { ...slice, modelVersion });
  return posts;
}

/**
 * Makes a model's scores the active ones for the posts in a range that the model has scored. The previous scores stay
 * stored, so this can be reversed. Posts edited since then keep their current scores. Reports minutes; returns how many
 * posts changed.
 */
export function activateScores(
  { maintenance }: Database,
  modelVersion: string,
  range: TimeRange,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<number> {
  const activateSlice = async (slice: TimeRange): Promise<number> => {
    const posts = await countActivatable(maintenance, { ...slice, modelVersion });
    if (posts > 0) await swapScores(maintenance, { ...slice, modelVersion });
    return posts;
  };
  return rewriteRange(maintenance, range, activateSlice, onProgress, signal);
}
