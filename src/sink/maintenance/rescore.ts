import type { Prediction } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/query.ts';
import { firstPage } from '../queries/maintenance.ts';
import { countActivatable, countPosts, type PostToRescore, readPostsToRescore, swapScores } from '../queries/models.ts';
import { clampToPosts, markRange, type TimeRange } from '../queries/rollups.ts';
import { brandSentimentColumns, toDateTime } from '../writer/post-row.ts';

/** Seconds of posts in one statement. */
const sliceSeconds = 6 * 3_600;
const maxPosts = 256;
/** Pause between two pages, as a multiple of the work, so that the pipeline goes first. */
const pauseFactor = 1;

/** Another model: one prediction per post, in order; undefined for a post that it fails on. */
export interface Rescorer {
  readonly modelVersion: string;
  score(posts: readonly { readonly text: string; readonly lang: string }[]): Promise<(Prediction | undefined)[]>;
}

interface Job {
  readonly db: Database;
  readonly clock: Clock;
  readonly rescorer: Rescorer;
}

/**
 * Scores the posts of a range with another model and stores the scores beside the active ones. An interrupted job
 * continues where it stopped, and a post is scored again only if it changed. Reports posts; returns how many were scored.
 */
export async function rescore(job: Job, range: TimeRange, onProgress: OnProgress, signal?: AbortSignal): Promise<number> {
  const { maintenance } = job.db;
  const covered = await clampToPosts(maintenance, range);
  if (!covered) return 0;
  const total = await countPosts(maintenance, covered);
  let [passed, scored] = [0, 0];
  for (const slice of slicesOf(covered)) {
    const before = passed;
    scored += await rescoreSlice(job, slice, (done) => onProgress(Math.min(total, before + done), total), signal);
    passed += await countPosts(maintenance, slice);
    onProgress(Math.min(total, passed), total);
  }
  return scored;
}

async function rescoreSlice(
  { db, clock, rescorer }: Job,
  slice: TimeRange,
  onProgress: (done: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  const { modelVersion } = rescorer;
  let after = firstPage;
  let [done, scored] = [0, 0];
  while (true) {
    signal?.throwIfAborted();
    const started = clock.now();
    const page = await readPostsToRescore(db.maintenance, slice, { modelVersion, after, limit: maxPosts });
    const last = page.at(-1);
    if (!last) return scored;
    const predictions = await rescorer.score(page);
    const rows = page.flatMap((post, index) => toScoreRow(post, predictions[index], { modelVersion, now: clock.now() }));
    await insertRows(db.maintenance, 'scores', rows);
    done += page.length;
    scored += rows.length;
    onProgress(done);
    after = { minute: last.minute, platform: last.platform, id: last.id };
    await clock.sleep((clock.now() - started) * pauseFactor, signal);
  }
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

/** How many posts of a range would change to the scores of a model. */
export async function countToActivate({ maintenance }: Database, modelVersion: string, range: TimeRange): Promise<number> {
  const covered = await clampToPosts(maintenance, range);
  let posts = 0;
  for (const slice of covered ? slicesOf(covered) : []) posts += await countActivatable(maintenance, { ...slice, modelVersion });
  return posts;
}

/**
 * Makes a model's scores the active ones for the posts of a range that have some. The previous scores are kept, so this
 * can be reversed. A post edited since it was scored keeps its own. All minutes are marked as dirty, since those before
 * an interruption may not have been. Reports minutes; returns how many posts changed.
 */
export async function activateScores(
  { maintenance }: Database,
  modelVersion: string,
  range: TimeRange,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<number> {
  const covered = await clampToPosts(maintenance, range);
  if (!covered) return 0;
  let posts = 0;
  for (const slice of slicesOf(covered)) {
    signal?.throwIfAborted();
    const found = await countActivatable(maintenance, { ...slice, modelVersion });
    if (found > 0) await swapScores(maintenance, { ...slice, modelVersion });
    await markRange(maintenance, slice, signal);
    posts += found;
    onProgress(Math.ceil((slice.to - covered.from) / 60), Math.ceil((covered.to - covered.from) / 60));
  }
  return posts;
}

function slicesOf({ from, to }: TimeRange): TimeRange[] {
  const starts = Array.from({ length: Math.ceil((to - from) / sliceSeconds) }, (_, index) => from + index * sliceSeconds);
  return starts.map((start) => ({ from: start, to: Math.min(to, start + sliceSeconds) }));
}
