import type { ModelInfo } from './model/model.ts';
import type { RawPrediction, ScoreCache } from './score-cache.ts';
import { clean } from './text/clean.ts';
import type { LanguageOf } from './text/language.ts';
import type { Tokenize, Tokens } from './text/tokenizer.ts';

export interface Scorable {
  readonly text: string;
  readonly lang?: string;
}

/** A post as far as it is understood without the model. `text` is the cleaned text. */
export type PreparedPost =
  | { readonly kind: 'unscored'; readonly lang: string }
  | { readonly kind: 'known'; readonly lang: string; readonly judgement: RawPrediction }
  | { readonly kind: 'fresh'; readonly lang: string; readonly text: string; readonly tokens: Tokens };

export type UncachedPost = Extract<PreparedPost, { kind: 'fresh' }>;

export interface PreprocessorParts {
  readonly model: ModelInfo;
  readonly tokenize: Tokenize;
  /** Absent: every text takes the model's first language. */
  readonly languageOf: LanguageOf | undefined;
  readonly cache: ScoreCache | undefined;
}

/** Cleans a post, tells its language, and tokenises it unless its score is known or not wanted. */
export function createPreprocessor({ model, tokenize, languageOf, cache }: PreprocessorParts): (post: Scorable) => PreparedPost {
  const [home] = model.languages;
  return (post) => {
    const text = clean(post.text);
    if (text === '') return { kind: 'unscored', lang: 'und' };
    const lang = languageOf ? languageOf(text, post.lang) : home;
    if (!model.languages.includes(lang)) return { kind: 'unscored', lang };
    const judgement = cache?.get(text);
    return judgement ? { kind: 'known', lang, judgement } : { kind: 'fresh', lang, text, tokens: tokenize(text) };
  };
}
