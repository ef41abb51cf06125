import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Verdict } from '../post.ts';
import { type BatchLimits, planBatches } from './batches.ts';
import { calibrate, type Probabilities } from './calibrate.ts';
import { clean } from './clean.ts';
import { languageOf } from './language.ts';
import { loadModel, type ModelInfo, modelFiles } from './model.ts';
import { loadTokenizer, type Tokenize, type Tokens } from './tokenizer.ts';
import { unscored, verdictOf } from './verdict.ts';
import { type Batch, createWorkerPool, type WorkerPool } from './worker-pool.ts';

export interface ScorerOptions {
  readonly modelPath: string;
  /** Inference threads. */
  readonly workers: number;
  /** Texts whose scores are kept; 0 scores every text. */
  readonly cacheSize: number;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Score every text, whatever language it looks like. */
  readonly assumeModelLanguage?: boolean;
  readonly batchLimits?: BatchLimits;
}

export interface Scorer {
  readonly model: ModelInfo;
  /** One verdict a post, in order. Safe to call again before the last call has ended. */
  score(posts: readonly { readonly text: string; readonly lang?: string }[]): Promise<Verdict[]>;
  /** Waits for what is in flight. */
  close(): Promise<void>;
}

interface Judged {
  readonly probabilities: Probabilities;
  readonly truncated: boolean;
}

/** Sixteen posts of 25 tokens fill a core's caches and no more; longer posts make smaller batches. */
const defaultLimits: BatchLimits = { rows: 16, tokens: 768 };

/** Texts tokenised between two looks at the event loop: a few milliseconds. */
const tokenisedAtOnce = 64;

/** Opens a model folder, checks its files and starts the inference threads. */
export async function createScorer(options: ScorerOptions): Promise<Scorer> {
  const model = await loadModel(options.modelPath);
  const [tokenize, pool] = await Promise.all([
    loadTokenizer(model),
    createWorkerPool(options.workers, { weights: join(model.folder, modelFiles.weights) }, options.log),
  ]);
  const limits = options.batchLimits ?? defaultLimits;
  const judge = withCache(options, (texts) => judgeTexts(texts, { tokenize, pool, limits, temperature: model.temperature }));
  const fallback = model.languages[0] ?? 'und';

  return {
    model,
    score: async (posts) => {
      const texts = posts.map(({ text }) => clean(text));
      const langs = posts.map((post, index) => textLanguage(texts[index] ?? '', post.lang, fallback));
      const scorable = texts.map((text, index) => text !== '' && (options.assumeModelLanguage || model.languages.includes(langs[index] ?? '')));
      const judged = (await judge(texts.filter((_, index) => scorable[index]))).values();
      return langs.map((lang, index) => {
        const judgement = scorable[index] ? judged.next().value : undefined;
        return judgement ? verdictOf(judgement.probabilities, lang, judgement.truncated) : unscored(lang);
      });
    },
    close: () => pool.close(),
  };
}

function textLanguage(text: string, declared: string | undefined, fallback: string): string {
  return text === '' ? (declared ?? 'und') : languageOf({ declared, text, fallback });
}

interface Engine {
  readonly tokenize: Tokenize;
  readonly pool: WorkerPool;
  readonly limits: BatchLimits;
  readonly temperature: number;
}

/** Probabilities of cleaned texts, in order. */
async function judgeTexts(texts: readonly string[], { tokenize, pool, limits, temperature }: Engine): Promise<Judged[]> {
  const tokens = await tokenizeAll(texts, tokenize);
  const judged = new Array<Judged>(texts.length);
  const batches = planBatches(tokens.map(({ ids }) => ids.length), limits);
  await Promise.all(
    batches.map(async (indices) => {
      // The indices come from these tokens.
      const rows = indices.map((index) => tokens[index] as Tokens);
      const logits = await pool.run(toBatch(rows));
      for (const [row, index] of indices.entries()) {
        judged[index] = { probabilities: calibrate(logits, row * 3, temperature), truncated: rows[row]?.truncated ?? false };
      }
    }),
  );
  return judged;
}

async function tokenizeAll(texts: readonly string[], tokenize: Tokenize): Promise<Tokens[]> {
  const tokens: Tokens[] = [];
  for (const [index, text] of texts.entries()) {
    if (index > 0 && index % tokenisedAtOnce === 0) await new Promise(setImmediate);
    tokens.push(tokenize(text));
  }
  return tokens;
}

/** Rows padded with zeros, BERT's [PAD], to the longest. */
function toBatch(rows: readonly Tokens[]): Batch {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  const ids = new Int32Array(rows.length * width);
  for (const [row, tokens] of rows.entries()) ids.set(tokens.ids, row * width);
  return { rows: rows.length, width, lengths: Uint16Array.from(rows, (tokens) => tokens.ids.length), ids };
}

type Judge = (texts: readonly string[]) => Promise<Judged[]>;

/** Answers texts seen before from memory, and scores a text that stands twice in a call once. */
function withCache({ cacheSize, metrics }: ScorerOptions, judge: Judge): Judge {
  if (cacheSize === 0) return judge;
  const cache = new LRUCache<string, Judged>({ max: cacheSize });
  return async (texts) => {
    const found = new Map<string, Judged>();
    const fresh: string[] = [];
    for (const text of new Set(texts)) {
      const known = cache.get(text);
      if (known) found.set(text, known);
      else fresh.push(text);
    }
    const judged = await judge(fresh);
    for (const [index, text] of fresh.entries()) {
      const judgement = judged[index] as Judged; // one judgement a text
      cache.set(text, judgement);
      found.set(text, judgement);
    }
    metrics?.cacheHits.inc(texts.length - fresh.length);
    return texts.map((text) => found.get(text) as Judged); // every text was found or is fresh
  };
}
