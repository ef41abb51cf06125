import type { Prediction } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/insert.ts';
import { countPosts, selectToRescore } from '../queries/rescoring.ts';
import { clampToPosts, type ReportProgress, type TimeRange } from '../rollups/rebuild.ts';
import { brandSentimentColumns, toDateTime } from '../writer/post-row.ts';
import { readCount } from './count.ts';

/** Seconds of posts of one statement. */
const slice = 6 * 3_600;
const postsAtOnce = 256;
/** Rests between two pages, as a multiple of the work: the feed goes first. */
const rest = 1;

/** Another model: one prediction a post, in order; none for a post that it fails on. */
export interface Rescorer {
  readonly modelVersion: string;
  score(posts: readonly { readonly text: string; readonly lang: string }[]): Promise<(Prediction | undefined)[]>;
}

interface Ground {
  readonly db: Database;
  readonly clock: Clock;
}

interface Row {
  readonly minute: number;
  readonly createdAt: string;
  readonly platform: string;
  readonly id: string;
  readonly version: string;
  readonly text: string;
  readonly lang: string;
}

/**
 * Scores the posts of a range with another model, beside the scores that count. What was cut off goes on where it was,
 * and a post is scored again only when it has changed. Reports posts; answers with how many were scored.
 */
export async function rescore(
  { db, clock, rescorer }: Ground & { readonly rescorer: Rescorer },
  range: TimeRange,
  report: ReportProgress,
  signal?: AbortSignal,
): Promise<number> {
  const held = await clampToPosts(db.upkeep, range);
  if (!held) return 0;
  const total = await readCount(db, countPosts, held);
  let [passed, scored] = [0, 0];
  for (let from = held.from; from < held.to; from += slice) {
    const part = { from, to: Math.min(held.to, from + slice) };
    const before = passed;
    scored += await rescoreSlice({ db, clock, rescorer }, part, (done) => report(Math.min(total, before + done), total), signal);
    passed += await readCount(db, countPosts, part);
    report(Math.min(total, passed), total);
  }
  return scored;
}

async function rescoreSlice(
  { db, clock, rescorer }: Ground & { readonly rescorer: Rescorer },
  part: TimeRange,
  report: (done: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  const { modelVersion } = rescorer;
  let behind: Pick<Row, 'minute' | 'platform' | 'id'> = { minute: 0, platform: '', id: '' };
  let [done, scored] = [0, 0];
  while (true) {
    signal?.throwIfAborted();
    const started = clock.now();
    const query_params = { ...part, ...behind, modelVersion, limit: postsAtOnce };
    const found = await (await db.upkeep.query({ query: selectToRescore, query_params, format: 'JSONEachRow' })).json<Row>();
    const last = found.at(-1);
    if (!last) return scored;
    const predictions = await rescorer.score(found);
    const rows = found.flatMap((row, index) => rowOf(row, predictions[index], { modelVersion, now: clock.now() }));
    await insertRows(db.upkeep, 'scores', rows);
    done += found.length;
    scored += rows.length;
    report(done);
    behind = { minute: Number(last.minute), platform: last.platform, id: last.id };
    await clock.sleep((clock.now() - started) * rest, signal);
  }
}

function rowOf(
  { createdAt, platform, id, version }: Row,
  prediction: Prediction | undefined,
  { modelVersion, now }: { modelVersion: string; now: number },
): Record<string, unknown>[] {
  if (!prediction) return [];
  const { label, negative, neutral, positive, score, confidence, truncated } = prediction;
  const scores = { label, negative, neutral, positive, score, confidence, truncated, ...brandSentimentColumns(prediction.brandSentiment) };
  return [{ created_at: createdAt, platform, id, version, ...scores, model_version: modelVersion, scored_at: toDateTime(now) }];
}
