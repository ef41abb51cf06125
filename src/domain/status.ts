/** State of one source. */
export interface SourceStatus {
  readonly name: string;
  readonly type: string;
  /** `failed`: not retried, because only a change of the settings or the data helps. */
  readonly state: 'running' | 'failed' | 'ended';
  /** What is wrong; null if the source is healthy. */
  readonly issue: string | null;
  /** Posts read per second, averaged over ten seconds. */
  readonly postsPerSecond: number;
  /** Consumer lag in messages; null if the source has none. */
  readonly lag: number | null;
  /** Age of the newest message; null if the source does not measure it. */
  readonly behindSeconds: number | null;
  /** The server to which a live source is connected. */
  readonly endpoint: string | null;
  /** Dead letters since the start. */
  readonly deadLetters: number;
  /** Messages since the start that are neither posts nor dead letters. */
  readonly skipped: number;
  /** Since the start: messages (Kafka) or times (live sources) that the server had deleted before they were read. */
  readonly gaps: number;
}

/** Status of the running process, for /readyz and the web UI. */
export interface PipelineStatus {
  /** At least one source, the model and the database are healthy. */
  readonly ready: boolean;
  /** Ready, but one of several sources is not healthy. */
  readonly degraded: boolean;
  /** State of each component: `ok`, or what is wrong. */
  readonly components: Readonly<Record<string, string>>;
  readonly sources: readonly SourceStatus[];
  readonly modelVersion: string;
  /** Stored posts per second, averaged over ten seconds. */
  readonly postsPerSecond: number;
  /** Consumer lag of all sources in messages; null if none has one. */
  readonly lag: number | null;
  /** 95th percentile of the time from reading a post to its stored row over the last minute; null without posts. */
  readonly latencySeconds: number | null;
}

/** Median and 95th percentile. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
}

/** A model that scores posts. */
export interface ModelReport {
  readonly version: string;
  /** The languages that it is used for. */
  readonly languages: readonly string[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly bytes: number;
  /** Evaluation of the loaded weights on the validation set, as fractions; null if the model has none. */
  readonly metrics: Readonly<Record<'macroRecall' | 'accuracy' | 'calibrationError', number>> | null;
  /** Measured on validation posts of each language, as fractions; null if the model has none. */
  readonly quality: Readonly<Record<string, Readonly<Record<'macroRecall' | 'macroF1' | 'calibrationError', number>>>> | null;
}

/** Response of /api/v1/pipeline: details of the running process. */
export interface PipelineReport extends Pick<PipelineStatus, 'ready' | 'degraded' | 'components' | 'sources' | 'postsPerSecond'> {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Counts since the start. */
  readonly posts: Readonly<Record<'read' | 'scored' | 'written' | 'inFlight' | 'cacheHits' | 'truncated', number>>;
  /** Over the last minute; null without observations. */
  readonly recent: Readonly<Record<'inferenceSeconds' | 'writeSeconds' | 'ingestLatencySeconds' | 'batchPosts', Quantiles | null>>;
  /** Minutes with stored posts that are not yet in the rollup, by rollup; null if the database cannot be read. */
  readonly pending: Readonly<Record<'minute' | '15m', number>> | null;
  readonly lag: readonly { readonly topic: string; readonly partition: number; readonly messages: number }[];
  /** Dead letters by reason, since the start. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Share of scored posts with a confidence below 0.5, since the start; null without scored posts. */
  readonly lowConfidenceShare: number | null;
  /** Share of the texts run through the model that left it at its early exit, since the start; null without any. */
  readonly exitShare: number | null;
  /** The first model. */
  readonly model: ModelReport;
  /** All models, in the order of preference. */
  readonly models: readonly ModelReport[];
  readonly process: { readonly memoryBytes: number; readonly eventLoopDelaySeconds: number };
  /** Disk usage by table, largest first; null if the database does not report it. */
  readonly storage: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[] | null;
}
