/** Status of the running process, for /readyz and the web UI. */
export interface PipelineStatus {
  readonly ready: boolean;
  /** State of each component: `ok`, or what is wrong. */
  readonly components: Readonly<Record<string, string>>;
  readonly source: string;
  readonly modelVersion: string;
  /** Stored posts per second, averaged over ten seconds. */
  readonly postsPerSecond: number;
  /** Consumer lag in messages; null if the source has none. */
  readonly lag: number | null;
  /** 95th percentile of the time from reading a post to its stored row over the last minute; null without posts. */
  readonly latencySeconds: number | null;
}

/** Median and 95th percentile. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
}

/** Response of /api/v1/pipeline: details of the running process. */
export interface PipelineReport extends Pick<PipelineStatus, 'ready' | 'components' | 'source' | 'postsPerSecond'> {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Counts since the start. */
  readonly posts: Readonly<Record<'read' | 'scored' | 'written' | 'inFlight' | 'cacheHits' | 'truncated', number>>;
  /** Over the last minute; null without observations. */
  readonly recent: Readonly<Record<'inferenceSeconds' | 'writeSeconds' | 'ingestLatencySeconds' | 'batchPosts', Quantiles | null>>;
  readonly lag: readonly { readonly topic: string; readonly partition: number; readonly messages: number }[];
  /** Dead letters by reason, since the start. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Share of scored posts with a confidence below 0.5, since the start; null without scored posts. */
  readonly lowConfidenceShare: number | null;
  readonly model: {
    readonly version: string;
    readonly languages: readonly string[];
    readonly maxTokens: number;
    readonly temperature: number;
    readonly bytes: number;
    /** Evaluation of the loaded weights on the validation set, as fractions; null if the model has none. */
    readonly metrics: Readonly<Record<'macroRecall' | 'accuracy' | 'calibrationError', number>> | null;
  };
  readonly process: { readonly memoryBytes: number; readonly eventLoopDelaySeconds: number };
  /** Disk usage by table, largest first; null if the database does not report it. */
  readonly storage: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[] | null;
}
