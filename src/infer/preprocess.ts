import type { ModelInfo } from './model/model.ts';
import type { RawPrediction, ScoreCache } from './score-cache.ts';
import { maskLinks, restoreWords, spellOut } from './text/clean.ts';
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

export interface PreprocessorDeps {
  readonly model: ModelInfo;
  readonly tokenize: Tokenize;
  /** If undefined, every text is treated as the model's first language. */
  readonly detectLanguage: LanguageDetector | undefined;
  readonly cache: ScoreCache | undefined;
}

export type Preprocessor = (post: ScorableText) => PreparedPost;

/** Creates a function that cleans a post, detects its language, and tokenizes it unless it is cached or skipped. */
export function createPreprocessor({ model, tokenize, detectLanguage, cache }: PreprocessorDeps): Preprocessor {
  const [defaultLanguage] = model.languages;
  const supported = new Set(model.languages.map((code) => normalizeLanguage(code) ?? code));
  // Before emoji are spelled out: in a short post, their English words would outweigh its own.
  const detect = (detectLanguage: LanguageDetector, masked: string, declared: string | undefined): string => {
    const lang = detectLanguage(masked, declared);
    if (supported.has(lang)) return lang;
    // To the detector, disguised words are no words of any language.
    const restored = restoreWords(masked);
    return restored === masked ? lang : detectLanguage(restored, declared);
  };
  return (post) => {
    const masked = maskLinks(post.text);
    const text = spellOut(masked);
    if (text === '') return { kind: 'skipped', lang: 'und' };
    const lang = detectLanguage ? detect(detectLanguage, masked, post.lang) : defaultLanguage;
    if (detectLanguage && !supported.has(lang)) return { kind: 'skipped', lang };
    const prediction = cache?.get(text);
    return prediction ? { kind: 'cached', lang, prediction } : { kind: 'uncached', lang, text, tokens: tokenize(text) };
  };
}
