import { eld } from 'eld/small';

export interface LanguageChoice {
  /** BCP 47, as the platform said. */
  readonly declared?: string | undefined;
  /** After clean-up. */
  readonly text: string;
  /** Taken when the text is too short to tell, or the detector is unsure. */
  readonly fallback: string;
}

/** With fewer letters of an alphabet that many languages share, detection guesses. */
const fewestLetters = 20;

const noise = /@user|\bhttp\b|#[\p{L}\p{N}_]+/gu;
const latinLetters = /\p{Script=Latin}/gu;
const otherLetters = /(?!\p{Script=Latin})\p{L}/u;

/** Primary subtag of a post's language: what the platform declared, else what the text looks like. */
export function languageOf({ declared, text, fallback }: LanguageChoice): string {
  const subtag = declared?.toLowerCase().split(/[-_]/, 1)[0];
  if (subtag && /^[a-z]{2,3}$/.test(subtag) && subtag !== 'und') return subtag;
  const plain = text.replace(noise, ' ');
  const tooShort = (plain.match(latinLetters)?.length ?? 0) < fewestLetters && !otherLetters.test(plain);
  if (tooShort) return fallback;
  const detected = eld.detect(plain);
  return detected.language !== '' && detected.isReliable() ? detected.language : fallback;
}
