import { type ClassificationReport, reportClassification } from '../../analytics/models/classification-report.ts';
import { type NetSentimentReport, reportNetSentiment } from '../../analytics/models/net-sentiment-report.ts';
import type { Config } from '../../config/schema.ts';
import type { Label, Prediction } from '../../domain/post.ts';
import type { ModelChoice } from '../../infer/loaded-model.ts';
import { readModel } from '../../infer/model/model.ts';
import type { Predictions, Scorer } from '../../infer/scorer.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { configuredModels } from '../local-models.ts';
import { openScorer } from '../open-scorer.ts';
import type { LabeledPosts } from './labeled-posts.ts';

/** Posts with one value of a further column. */
export interface SubgroupReport {
  readonly group: string;
  readonly macroRecall: number;
  readonly netSentiment: NetSentimentReport;
}

export type ModelReport = ClassificationReport & {
  readonly postsPerSecond: number;
  readonly modelVersion: string;
  readonly netSentiment: NetSentimentReport;
  /** The largest group first; absent unless the posts have groups. */
  readonly subgroups?: readonly SubgroupReport[];
};

export interface ModelEvaluation {
  readonly report: ModelReport;
  /** One per post, in file order. */
  readonly predictions: readonly Prediction[];
}

/** Two scorer windows, so that posts of similar length share a batch. */
const chunkSize = 1_024;

interface EvaluateOptions {
  /** Overrides the config. */
  readonly modelPath?: string;
  /** Primary language subtag of the posts; by default the first model's first language. */
  readonly lang?: string;
  readonly onProgress?: OnProgress;
}

/**
 * Scores labeled posts without language detection and reports the accuracy.
 * @throws USAGE if the model does not support the language
 */
export async function evaluateModel(
  config: Config,
  { texts, truth, lines, groups }: LabeledPosts,
  { modelPath, lang, onProgress = () => {} }: EvaluateOptions = {},
): Promise<ModelEvaluation> {
  const scorer = await openScorer(config, createLog(config.log.level), {
    cacheSize: 0,
    assumeModelLanguage: true,
    models: [await chooseModel(config, modelPath, lang)],
  });
  try {
    await scorer.score(texts.slice(0, 32).map((text) => ({ text }))); // warm-up: the first run allocates
    const { predictions: scored, seconds } = await scoreAll(scorer, texts, onProgress);
    const predictions = scored.map((prediction, index) => prediction ?? failOnLine(lines[index] ?? 0));
    const speed = { postsPerSecond: texts.length / seconds, modelVersion: scorer.models[0].info.id };
    const classification = reportClassification(truth, predictions);
    const netSentiment = reportNetSentiment(classification.confusion);
    const subgroups = groups && { subgroups: reportSubgroups(groups, truth, predictions) };
    return { report: { ...classification, netSentiment, ...speed, ...subgroups }, predictions };
  } finally {
    await scorer.close();
  }
}

function reportSubgroups(groups: readonly string[], truth: readonly Label[], predictions: readonly Prediction[]): SubgroupReport[] {
  const rows = new Map<string, number[]>();
  for (const [index, group] of groups.entries()) rows.set(group, [...(rows.get(group) ?? []), index]);
  const reports = [...rows].map(([group, indexes]) => {
    const pick = <T>(values: readonly T[]): T[] => indexes.flatMap((index) => values[index] ?? []);
    const { confusion, macroRecall } = reportClassification(pick(truth), pick(predictions));
    return { group, macroRecall, netSentiment: reportNetSentiment(confusion) };
  });
  return reports.sort((a, b) => b.netSentiment.posts - a.netSentiment.posts);
}

/** The first configured model that reads the language, or the model at `modelPath`, which has to read it. @throws USAGE */
async function chooseModel(config: Config, modelPath: string | undefined, lang: string | undefined): Promise<ModelChoice> {
  const choices = modelPath === undefined ? configuredModels(config) : ([{ path: modelPath }] as const);
  if (lang === undefined) return choices[0];
  const models = await Promise.all(choices.map(({ path }) => readModel(path)));
  const index = models.findIndex((model, at) => (choices[at]?.languages ?? model.languages).includes(lang));
  const choice = choices[index];
  if (choice) return { ...choice, languages: [lang] };
  const known = models.map(({ id, languages }) => `${id} does not support the language ${lang}, only ${languages.join(', ')}`);
  throw new FeedpulseError('USAGE', `${known.join('; ')}.`);
}

async function scoreAll(
  scorer: Scorer,
  texts: readonly string[],
  onProgress: OnProgress,
): Promise<{ predictions: (Prediction | undefined)[]; seconds: number }> {
  let scored = 0;
  const startedAt = performance.now();
  const pending: Promise<Predictions>[] = [];
  for (let at = 0; at < texts.length; at += chunkSize) {
    await pending.at(-2); // two chunks in flight keep every worker busy
    const part = texts.slice(at, at + chunkSize).map((text) => ({ text }));
    const report = (): void => {
      scored += part.length;
      onProgress(scored, texts.length);
    };
    pending.push(scorer.score(part).finally(report));
  }
  const predictions = (await Promise.all(pending)).flat();
  return { predictions, seconds: (performance.now() - startedAt) / 1_000 };
}

function failOnLine(line: number): never {
  throw new FeedpulseError('MODEL_FAILED', `The model failed on the post in line ${line}.`);
}
