import { eld } from 'eld';

/** Below this many letters, detection guesses; the model's own language is the better guess. */
const fewestLetters = 20;

const noise = /@user|\bhttp\b|#[\p{L}\p{N}_]+/gu;
const letters = /\p{L}/gu;

/** Scripts that the detector need not weigh: a text mostly written in one of them is in that language or family. */
export interface LanguageChoice {
  readonly declared?: string | undefined;
  /** The text after clean-up. */
  readonly text: string;
  /** Taken when the text is too short or the detector is unsure. */
  readonly fallback: string;
}

/** Primary subtag of the language of a post: what the platform declared, else what the text looks like. */
export function languageOf({ declared, text, fallback }: LanguageChoice): string {
  const subtag = declared?.toLowerCase().split(/[-_]/, 1)[0];
  if (subtag && /^[a-z]{2,3}$/.test(subtag) && subtag !== 'und') return subtag;
  const plain = text.replace(noise, ' ');
  if ((plain.match(letters)?.length ?? 0) < fewestLetters && !/[^\u0000-\u024f\p{P}\p{S}\p{Emoji}\p{M}\u200d\ufe0f]/u.test(plain)) return fallback;
  const detected = eld.detect(plain);
  return detected.language !== '' && detected.isReliable() ? detected.language : fallback;
}
