import type { PipelineReport } from '../../domain/status.ts';
import { get, type Job, post } from './client.ts';

export const fetchPipeline = (signal: AbortSignal) => get<PipelineReport>('pipeline', {}, signal);

export interface DeadLetters {
  readonly deadLetters: readonly {
    readonly source: string;
    readonly position: string;
    readonly reason: string;
    readonly meaning: string | null;
    readonly at: string;
    readonly bytes: number;
    readonly replayedAt: string | null;
  }[];
  /** Dead letters by reason. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
  /** Why the dead letters of some sources could not be read. */
  readonly unavailable: readonly string[];
}

export interface ReplayResult {
  readonly replayed: number;
  readonly alreadyReplayed: number;
  /** Skipped dead letters, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly destination?: string;
}

export const fetchDeadLetters = (signal: AbortSignal) => get<DeadLetters>('dead-letters', { limit: '50' }, signal);
export const startReplay = (dryRun: boolean) => post<Job<ReplayResult>>('dead-letters/replay', { dryRun });
