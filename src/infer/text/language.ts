import { eld } from 'eld/extrasmall';

/** Text as it was cleaned, and the language its platform declared; answers with a primary subtag, or `und`. */
export type LanguageOf = (text: string, declared?: string) => string;

/** With fewer Latin letters a name or two decides what the detector sees. */
const fewestLetters = 16;

/**
 * How far the detected language must lead the home language, on the detector's scale of 0 to 1. It trades
 * English posts full of names taken for another language against foreign ones missed: see
 * docs/decisions/0007-language-detection.md for the figures.
 */
const leastLead = 0.1;

/** The detector reads about this much and no more. */
const charactersRead = 1_000;

const noise = /@user|\bhttp\b|#[\p{L}\p{N}_]+|\p{Extended_Pictographic}/gu;
const latinLetters = /\p{Script=Latin}/gu;
const otherLetters = /(?!\p{Script=Latin})\p{L}/gu;

/** Platforms use these for no language, several, or media alone. */
const noLanguage = /^(?:und|mul|mis|zxx|q[a-t][a-z])$/;

/**
 * A detector that takes `home`, the model's language, wherever it can't tell: for short texts, for an unsure
 * guess, and where home is almost as likely.
 */
export function createLanguageDetector(home: string): LanguageOf {
  const homeIsLatin = new Intl.Locale(home).maximize().script === 'Latn';
  return (text, declared) => {
    const subtag = declared?.toLowerCase().split(/[-_]/, 1)[0] ?? '';
    if (/^[a-z]{2,3}$/.test(subtag) && !noLanguage.test(subtag)) return subtag;
    const plain = text.slice(0, charactersRead).replace(noise, ' ');
    const latin = count(plain, latinLetters);
    const other = count(plain, otherLetters);
    // The script alone tells these apart from a home written in Latin, however short they are.
    if (other > latin) return eld.detect(plain).language || (homeIsLatin ? 'und' : home);
    return latin < fewestLetters ? home : detectLatin(plain, home);
  };
}

function detectLatin(plain: string, home: string): string {
  const guess = eld.detect(plain);
  if (guess.language === home || guess.language === '' || !guess.isReliable()) return home;
  const scores = guess.getScores();
  return (scores[guess.language] ?? 0) - (scores[home] ?? 0) < leastLead ? home : guess.language;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
