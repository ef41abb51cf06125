import { eld } from 'eld/extrasmall';

/** Returns the primary language subtag of a cleaned text, or `und`. `declared` is the language that the platform gives. */
export type LanguageDetector = (text: string, declared?: string) => string;

/** In shorter Latin texts, one or two names would dominate the result. */
const minLatinLetters = 16;

/**
 * How far the detected language must lead the default language, on the detector's scale of 0 to 1. A higher value keeps more
 * English posts that are full of names, and misses more posts in other languages. Measured in
 * docs/decisions/0007-language-detection.md.
 */
const minLead = 0.1;

/** About as many characters as the detector reads. */
const maxCharacters = 1_000;

const noisePattern = /@user|\bhttp\b|#[\p{L}\p{N}_]+|\p{Extended_Pictographic}/gu;
const latinLetterPattern = /\p{Script=Latin}/gu;
const otherLetterPattern = /(?!\p{Script=Latin})\p{L}/gu;

/** Codes that platforms use for no language, several languages, or media only. */
const undeterminedPattern = /^(?:und|mul|mis|zxx|q[a-t][a-z])$/;

/**
 * Creates a detector that returns `defaultLanguage`, a primary subtag, for short texts, for unreliable guesses, and if the
 * default language is almost as likely as the guess.
 */
export function createLanguageDetector(defaultLanguage: string): LanguageDetector {
  const isDefaultLatin = new Intl.Locale(defaultLanguage).maximize().script === 'Latn';
  return (text, declared) => {
    const subtag = declared?.toLowerCase().split(/[-_]/, 1)[0] ?? '';
    if (/^[a-z]{2,3}$/.test(subtag) && !undeterminedPattern.test(subtag)) return subtag;
    const words = text.slice(0, maxCharacters).replace(noisePattern, ' ');
    const latin = count(words, latinLetterPattern);
    const other = count(words, otherLetterPattern);
    // The script alone rules out a default language in Latin script, even for short texts.
    if (other > latin) return eld.detect(words).language || (isDefaultLatin ? 'und' : defaultLanguage);
    return latin < minLatinLetters ? defaultLanguage : detectLatin(words, defaultLanguage);
  };
}

function detectLatin(words: string, defaultLanguage: string): string {
  const guess = eld.detect(words);
  if (guess.language === defaultLanguage || guess.language === '' || !guess.isReliable()) return defaultLanguage;
  const scores = guess.getScores();
  return (scores[guess.language] ?? 0) - (scores[defaultLanguage] ?? 0) < minLead ? defaultLanguage : guess.language;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
