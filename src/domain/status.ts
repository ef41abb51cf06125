/** What the running process says of itself, for /readyz and the page. */
export interface PipelineStatus {
  readonly ready: boolean;
  /** The state of each part: `ok`, or what is wrong. */
  readonly components: Readonly<Record<string, string>>;
  readonly source: string;
  readonly modelVersion: string;
  /** Posts that became rows, on average over ten seconds. */
  readonly postsPerSecond: number;
  /** Messages that wait in the feed; null where the feed does not tell. */
  readonly lag: number | null;
  /** 95 of 100 posts of the last minute became rows within these seconds of being read; null where none came. */
  readonly latencySeconds: number | null;
}

/** The middle of what was observed, and what 95 of 100 do not exceed. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
}

/** What a process tells of its work. */
export interface PipelineReport extends Pick<PipelineStatus, 'ready' | 'components' | 'source' | 'postsPerSecond'> {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Since the start. */
  readonly posts: Readonly<Record<'read' | 'scored' | 'written' | 'inFlight' | 'cacheHits' | 'truncated', number>>;
  /** Of the last minute; null where nothing happened. */
  readonly recent: Readonly<Record<'inferenceSeconds' | 'writeSeconds' | 'rowSeconds' | 'batchPosts', Quantiles | null>>;
  readonly lag: readonly { readonly topic: string; readonly partition: number; readonly messages: number }[];
  /** By reason, since the start. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Of the scored posts since the start, those the model gives less than 50 %; null where there are none. */
  readonly lowConfidence: number | null;
  readonly model: {
    readonly version: string;
    readonly languages: readonly string[];
    readonly maxTokens: number;
    readonly temperature: number;
    readonly bytes: number;
    /** Of the weights that run, as fractions, on the validation posts. */
    readonly figures: Readonly<Record<'macroRecall' | 'accuracy' | 'calibrationError', number>> | null;
  };
  readonly process: { readonly memoryBytes: number; readonly eventLoopDelaySeconds: number };
  /** What the tables take on the disk, the largest first; null where the database does not tell. */
  readonly storage: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[] | null;
}
