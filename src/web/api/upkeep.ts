import type { Label } from '../../domain/post.ts';
import type { PipelineReport } from '../../domain/status.ts';
import type { Job } from './alerts.ts';
import { get, post } from './client.ts';
import type { ShownPost } from './history.ts';

export const fetchPipeline = (signal: AbortSignal) => get<PipelineReport>('pipeline', {}, signal);

export interface DeadLetters {
  readonly letters: readonly {
    readonly position: string;
    readonly reason: string;
    readonly meaning: string | null;
    readonly at: string;
    readonly bytes: number;
    readonly replayedAt: string | null;
  }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
}

export interface Replayed {
  readonly putBack: number;
  readonly already: number;
  readonly left: Readonly<Record<string, number>>;
  readonly to?: string;
}

export const fetchDeadLetters = (signal: AbortSignal) => get<DeadLetters>('dead-letters', { limit: '50' }, signal);
export const startReplay = (dryRun: boolean) => post<Job<Replayed>>('dead-letters/replay', { dryRun });

/** Says what a post says in truth; null takes that back. */
export const correct = ({ platform, id }: Pick<ShownPost, 'platform' | 'id'>, label: Label | null) =>
  post<{ readonly posts: number }>('corrections', { post: { platform, id }, label });
