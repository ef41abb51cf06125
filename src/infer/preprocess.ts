import type { CleaningProfile } from './model/manifest.ts';
import type { RawPrediction, ScoreCache } from './score-cache.ts';
import { cleanPlain, maskLinks, restoreWords, spellOut } from './text/clean.ts';
import { type LanguageDetector, normalizeLanguage } from './text/language.ts';
import type { Tokenize, Tokens } from './text/tokenizer.ts';

export interface ScorableText {
  readonly text: string;
  readonly lang?: string;
}

/** A post before inference. `text` is the cleaned text; a `skipped` post is empty or in an unsupported language. */
export type PreparedPost =
  | { readonly kind: 'skipped'; readonly lang: string }
  | { readonly kind: 'cached'; readonly lang: string; readonly prediction: RawPrediction }
  | { readonly kind: 'uncached'; readonly lang: string; readonly text: string; readonly tokens: Tokens };

export type UncachedPost = Extract<PreparedPost, { kind: 'uncached' }>;

/** What the preprocessor needs of a model. */
export interface ModelInput {
  /** Primary subtags of the languages that it is used for; the first one is assumed where the language is not detected. */
  readonly languages: readonly [string, ...string[]];
  readonly cleaning: CleaningProfile;
  readonly tokenize: Tokenize;
  readonly cache: ScoreCache | undefined;
}

export interface PreprocessorDeps<Model extends ModelInput> {
  /** In the order of preference: a post goes to the first that reads its language. */
  readonly models: readonly [Model, ...Model[]];
  /** If undefined, every text is treated as the first model's first language. */
  readonly detectLanguage: LanguageDetector | undefined;
}

/** A prepared post with the model that scores it; the first model for a skipped post. */
export interface RoutedPost<Model> {
  readonly model: Model;
  readonly post: PreparedPost;
}

export type Preprocessor<Model> = (post: ScorableText) => RoutedPost<Model>;

/** Creates a function that detects the language of a post, chooses the model, and cleans and tokenizes the post for it unless it is cached. */
export function createPreprocessor<Model extends ModelInput>({ models, detectLanguage }: PreprocessorDeps<Model>): Preprocessor<Model> {
  const [first] = models;
  const routes = new Map<string, Model>();
  for (const model of models.toReversed()) for (const code of model.languages) routes.set(normalizeLanguage(code) ?? code, model);
  // Before emoji are spelled out: in a short post, their English words would outweigh its own.
  const detect = (detectLanguage: LanguageDetector, masked: string, declared: string | undefined): string => {
    const lang = detectLanguage(masked, declared);
    if (routes.has(lang)) return lang;
    // To the detector, disguised words are no words of any language.
    const restored = restoreWords(masked);
    return restored === masked ? lang : detectLanguage(restored, declared);
  };
  return ({ text: raw, lang: declared }) => {
    const masked = maskLinks(raw);
    const lang = detectLanguage ? detect(detectLanguage, masked, declared) : first.languages[0];
    const model = detectLanguage ? routes.get(lang) : first;
    const text = model?.cleaning === 'plain' ? cleanPlain(raw) : spellOut(masked);
    if (text === '') return { model: first, post: { kind: 'skipped', lang: 'und' } };
    if (!model) return { model: first, post: { kind: 'skipped', lang } };
    const prediction = model.cache?.get(text);
    return {
      model,
      post: prediction ? { kind: 'cached', lang, prediction } : { kind: 'uncached', lang, text, tokens: model.tokenize(text) },
    };
  };
}
