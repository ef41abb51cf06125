import { FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { cleaningProfile } from './model/manifest.ts';
import type { ModelInfo } from './model/model.ts';
import { createPredictor, type Predictor } from './predict.ts';
import type { ModelInput } from './preprocess.ts';
import { createCacheView, type ScoreCache } from './score-cache.ts';
import { normalizeLanguage } from './text/language.ts';
import { loadTokenizer } from './text/tokenizer.ts';
import { WorkerPool } from './workers/worker-pool.ts';
import { toWorkerOptions } from './workers/worker-protocol.ts';

/** A model to score posts with. */
export interface ModelChoice {
  /** Model directory. */
  readonly path: string;
  /** Primary subtags of the languages to use it for; all that it reads if absent. */
  readonly languages?: readonly string[];
}

/** A verified model with its tokenizer. Its inference threads start with the first batch, or with `start`. */
export interface LoadedModel extends ModelInput {
  readonly info: ModelInfo;
  readonly predict: Predictor;
  /** @throws MODEL_FAILED if a thread cannot load the model; the next call tries again */
  start(): Promise<void>;
  /** Describes missing inference threads; undefined while all of them run. */
  healthIssue(): string | undefined;
  close(): Promise<void>;
}

export interface LoadOptions {
  readonly workers: number;
  readonly cache: ScoreCache | undefined;
  readonly earlyExit: boolean;
  readonly log: Log;
  readonly metrics?: Metrics;
}

/** A model in use, with the languages that it is used for. */
export interface ActiveModel {
  readonly info: ModelInfo;
  readonly languages: readonly [string, ...string[]];
}

/**
 * Reads a chosen model with `read`, which may verify its files.
 * @throws what `read` throws; CONFIG_INVALID for a language that the model does not support
 */
export async function readChoice({ path, languages }: ModelChoice, read: (dir: string) => Promise<ModelInfo>): Promise<ActiveModel> {
  const info = await read(path);
  const supported = info.languages.map(normalize);
  const [first = info.languages[0], ...rest] = languages?.map(normalize) ?? supported;
  const unknown = [first, ...rest].filter((language) => !supported.includes(language));
  if (unknown.length === 0) return { info, languages: [first, ...rest] };
  throw new FeedpulseError('CONFIG_INVALID', `models: ${info.id} does not support ${unknown.join(', ')}, only ${supported.join(', ')}.`);
}

const normalize = (code: string): string => normalizeLanguage(code) ?? code;

/** A language belongs to the first model that is chosen for it. @throws CONFIG_INVALID if a model is left without any */
export function assignLanguages(models: readonly ActiveModel[]): ActiveModel[] {
  const assigned = new Set<string>();
  return models.map(({ info, languages }) => {
    const [first, ...rest] = languages.filter((language) => !assigned.has(language));
    if (first === undefined)
      throw new FeedpulseError('CONFIG_INVALID', `models: ${info.id} is never used, because earlier models read ${languages.join(', ')}.`);
    for (const language of languages) assigned.add(language);
    return { info, languages: [first, ...rest] };
  });
}

/** Loads the tokenizer of a verified model. @throws MODEL_FAILED */
export async function openModel({ info, languages }: ActiveModel, options: LoadOptions): Promise<LoadedModel> {
  const { workers, earlyExit, log } = options;
  const tokenize = await loadTokenizer(info);
  const cache = options.cache && createCacheView(options.cache, info.id);
  let starting: Promise<WorkerPool> | undefined;
  let running: WorkerPool | undefined;
  const startPool = (): Promise<WorkerPool> => {
    starting ??= WorkerPool.start(workers, toWorkerOptions(info, earlyExit), log).then(
      (pool) => {
        running = pool;
        return pool;
      },
      (thrown: unknown) => {
        starting = undefined;
        throw thrown;
      },
    );
    return starting;
  };
  const pool = { run: async (rows: readonly (readonly number[])[]) => (running ?? (await startPool())).run(rows) };
  const predict = createPredictor({ ...options, pool, cache, probe: tokenize('a post').ids });
  return {
    info,
    languages,
    cleaning: cleaningProfile(info),
    tokenize,
    cache,
    predict,
    start: async () => void (await startPool()),
    healthIssue: () => running?.healthIssue(),
    close: async () => {
      const pool = await starting?.catch(() => undefined);
      await pool?.close();
    },
  };
}
