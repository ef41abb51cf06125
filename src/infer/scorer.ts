import type { Prediction } from '../domain/post.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { createYielder } from '../lib/yield-to-event-loop.ts';
import { type ActiveModel, assignLanguages, type LoadedModel, type ModelChoice, openModel, readChoice } from './loaded-model.ts';
import { onnxFiles } from './model/manifest.ts';
import { loadModel } from './model/model.ts';
import { createPreprocessor, type PreparedPost, type Preprocessor, type RoutedPost, type ScorableText } from './preprocess.ts';
import { createScoreCache } from './score-cache.ts';
import { createLanguageDetector, type LanguageDetector } from './text/language.ts';
import { scorerClosedError } from './workers/worker-pool.ts';

export interface ScorerOptions {
  /** In the order of preference: a post goes to the first that reads its language. */
  readonly models: readonly [ModelChoice, ...ModelChoice[]];
  /** Number of inference threads of each model, or how to choose it for the size of all weights in bytes. */
  readonly workers: number | ((weightsBytes: number) => number);
  /** Maximum number of cached texts; 0 disables the cache. */
  readonly cacheSize: number;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Skip language detection and score every text as if it were in the first model's first language. */
  readonly assumeModelLanguage?: boolean;
  /** Let posts leave at the early exit, if the model has one; true by default. */
  readonly earlyExit?: boolean;
  /** Names of brands, from which no language is detected. Returns another array after they have changed. */
  readonly brandNames?: () => readonly string[];
}

/** A prediction with the model that it is from; for an unscored post, the first model. */
export interface ModelPrediction extends Prediction {
  /** `name@version` */
  readonly modelVersion: string;
}

export type Predictions = (ModelPrediction | undefined)[];

export interface Scorer {
  /** In the order of preference. */
  readonly models: readonly [ActiveModel, ...ActiveModel[]];
  /**
   * One prediction per post, in input order; undefined for a post on which the model fails by itself.
   * Calls may overlap.
   * @throws MODEL_FAILED
   */
  score(posts: readonly ScorableText[]): Promise<Predictions>;
  /** Describes missing inference threads; undefined while all of them run. */
  healthIssue(): string | undefined;
  /** Waits for calls in flight, then stops the threads. */
  close(): Promise<void>;
}

/** Posts preprocessed per window: enough for batches of even length, few enough to start inference early. */
const windowSize = 512;

/** Maximum preprocessing time (ms) between two yields to the event loop. */
const yieldEveryMs = 4;

/**
 * Opens model directories, verifies their files and starts the inference threads of the first one; those of the others start
 * when a post first needs them. The calling thread cleans and tokenizes; the workers only run the model.
 * @throws MODEL_MISSING, MODEL_CORRUPT or MODEL_FAILED; CONFIG_INVALID if a model does not read a language that it is chosen for
 */
export async function createScorer(options: ScorerOptions): Promise<Scorer> {
  const models = await openModels(options);
  const [first, ...rest] = models;
  await first.start();
  const languages = rest.flatMap((model) => model.languages);
  const detectLanguage = options.assumeModelLanguage ? undefined : detectorFor([...first.languages, ...languages], options.brandNames);
  const preprocess = createPreprocessor({ models, detectLanguage });
  const pending = new Set<Promise<Predictions>>();
  let isClosed = false;

  return {
    models,
    score: (posts) => {
      if (isClosed) return Promise.reject(scorerClosedError());
      const call = scoreAll(posts, preprocess);
      pending.add(call);
      return call.finally(() => pending.delete(call));
    },
    healthIssue: () => models.map((model) => model.healthIssue()).find((issue) => issue !== undefined),
    close: async () => {
      isClosed = true;
      await Promise.allSettled(pending);
      await Promise.all(models.map((model) => model.close()));
    },
  };
}

/** Verifies every model before the first one is loaded. */
async function openModels(options: ScorerOptions): Promise<readonly [LoadedModel, ...LoadedModel[]]> {
  const { workers, cacheSize, earlyExit = true } = options;
  const verified = assignLanguages(await Promise.all(options.models.map((choice) => readChoice(choice, loadModel))));
  const files = verified.flatMap(({ info }) => onnxFiles(info).map((file) => info.files[file]?.bytes ?? 0));
  const weightsBytes = files.reduce((sum, bytes) => sum + bytes, 0);
  const cache = cacheSize > 0 ? createScoreCache(cacheSize) : undefined;
  const loadOptions = { ...options, cache, earlyExit, workers: typeof workers === 'number' ? workers : workers(weightsBytes) };
  const [first, ...rest] = await Promise.all(verified.map((model) => openModel(model, loadOptions)));
  if (!first) throw new TypeError('a scorer has at least one model');
  return [first, ...rest];
}

const noNames: readonly string[] = [];

/** A language detector that follows the names of the brands. */
function detectorFor(languages: readonly [string, ...string[]], brandNames: () => readonly string[] = () => noNames): LanguageDetector {
  let names = brandNames();
  let detect = createLanguageDetector(languages, names);
  return (text, declared) => {
    const current = brandNames();
    if (current !== names) [names, detect] = [current, createLanguageDetector(languages, current)];
    return detect(text, declared);
  };
}

/** Preprocesses one window of posts while the workers score the previous one. */
async function scoreAll(posts: readonly ScorableText[], preprocess: Preprocessor<LoadedModel>): Promise<Predictions> {
  const yieldIfDue = createYielder(yieldEveryMs);
  const windows: Promise<Predictions>[] = [];
  for (let from = 0; from < posts.length; from += windowSize) {
    const routed: RoutedPost<LoadedModel>[] = [];
    for (const post of posts.slice(from, from + windowSize)) {
      await yieldIfDue();
      routed.push(preprocess(post));
    }
    const predictions = predictByModel(routed);
    predictions.catch(() => {}); // Promise.all below reports it, perhaps only after more posts have been prepared
    windows.push(predictions);
  }
  return (await Promise.all(windows)).flat();
}

/** Each model predicts its posts in batches of its own, all at the same time. Results come in the order of the posts. */
async function predictByModel(routed: readonly RoutedPost<LoadedModel>[]): Promise<Predictions> {
  const byModel = new Map<LoadedModel, number[]>();
  for (const [index, { model }] of routed.entries()) {
    const indices = byModel.get(model);
    if (indices) indices.push(index);
    else byModel.set(model, [index]);
  }
  const results: Predictions = Array.from({ length: routed.length });
  const predictPart = async (model: LoadedModel, indices: readonly number[]): Promise<void> => {
    const prepared = indices.map((index) => routed[index]?.post as PreparedPost); // indices of `routed`
    const predictions = await model.predict(prepared);
    for (const [at, index] of indices.entries()) {
      const prediction = predictions[at];
      results[index] = prediction && { ...prediction, modelVersion: model.info.id };
    }
  };
  await Promise.all([...byModel].map(([model, indices]) => predictPart(model, indices)));
  return results;
}
