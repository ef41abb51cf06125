import { eld } from 'eld/extrasmall';
import { LRUCache } from 'lru-cache';
import { weighEnglish, wordsOfNames } from './english-evidence.ts';

/**
 * Returns the normalized primary language subtag of a text, or `und`. `declared` is the language that the platform gives.
 * The text has links and handles masked, as by `maskLinks`.
 */
export type LanguageDetector = (text: string, declared?: string) => string;

/**
 * When to believe the detector on a text in Latin letters, by the number of letters and by what it contradicts. Measured in
 * docs/decisions/0007-language-detection.md.
 */
const limits = {
  /** In shorter Latin texts, one or two names would dominate the result. */
  minLetters: 16,
  /** Against a declared language, the default language needs fewer: few texts of other languages look like it. */
  minLettersForDefault: 8,
  /** How far the detected language must lead the expected one, on the detector's scale of 0 to 1. */
  minLead: 0.1,
  /** The lead over a declared language in texts with fewer than `longText` letters; not required of the default language. */
  minLeadInShortText: 0.2,
  longText: 30,
  /** The score of the default language where the detector has none for the declared one to compare with. */
  minDefaultScore: 0.7,
} as const;

/**
 * Log odds that a text in Latin letters is English, from its words and from how far English leads any other language in the
 * detector. A logistic regression, fitted to and measured on the posts of docs/decisions/0007-language-detection.md.
 */
const englishWeights = {
  ...{ constant: -0.94, english: 0.71, unknown: -0.39, share: 1.27, shareWithNames: 3.05, lead: -0.95, leadInLongText: 17.96 },
} as const;
/** More English or unknown words than this say nothing new. */
const maxCountedWords = 5;
/** Words from which the detector's lead counts in full. */
const fullLeadWords = 8;
/** Log odds in favor of English in texts of up to so many words, which prove little: where it is the only scored language, and among others. */
const shortTextPrior = { alone: [0, 3, 1.5, 1.5, 0.5, 0.5], amongOthers: [0, 1, 0, 0, 0, 0] } as const;
/**
 * What a declaration adds to the log odds: of the English posts on a network that stamps the language of the user interface,
 * 42% are declared as something else, of others nearly all.
 */
const declaredPrior = { english: 1.75, other: -0.85 } as const;

/** Fewer words, none of them English, are no reason to disbelieve a declaration: they may be a name. */
const minWordsAgainstDeclared = 4;

/** About as many characters as the detector reads. */
const maxCharacters = 1_000;

const noisePattern = /@user|\bhttp\b|#[\p{L}\p{N}_]+|\p{Extended_Pictographic}/gu;
const letterPattern = /\p{L}/u;
const latinLetterPattern = /\p{Script=Latin}/u;

/** Codes that platforms use for no language, several or unknown languages, artificial ones, or media only. */
const undeterminedPattern = /^(?:und|mul|mis|zxx|art|unk|xx|q[a-t][a-z])$/;

/** Languages that the detector takes for another of its languages, by normalized code. */
const detectedAs: Readonly<Record<string, string>> = { fil: 'tl', id: 'ms', nb: 'no', nn: 'no' };

const detectable = new Set(Object.values(eld.info().Languages));

/** Scripts whose name in CLDR stands for several in Unicode. */
const compositeScripts: Readonly<Record<string, readonly string[]>> = {
  ...{ Jpan: ['Hira', 'Kana', 'Hani'], Kore: ['Hang', 'Hani'], Hans: ['Hani'], Hant: ['Hani'] },
};
/** Fraktur and Gaelic type. */
const latinStyles = new Set(['Latf', 'Latg']);

/**
 * The primary subtag of a language tag in its canonical form: `eng`, `en-GB` and `EN_us` are `en`, `iw` is `he`. Undefined
 * for what is no tag, or names no single language.
 */
export function normalizeLanguage(tag: string): string | undefined {
  return tag.length > maxTagLength ? undefined : normalized.memo(tag) || undefined;
}

/** Longer tags than BCP 47 asks implementations to support; they are not worth a place in the cache. */
const maxTagLength = 35;

/** By tag, because `Intl.Locale` takes as long as detecting a language; empty for what is no single language. */
const normalized = new LRUCache<string, string>({
  max: 500,
  memoMethod: (tag) => {
    try {
      const { language } = new Intl.Locale(tag.replaceAll('_', '-'));
      return /^[a-z]{2,3}$/.test(language) && !undeterminedPattern.test(language) ? language : '';
    } catch {
      return ''; // no language tag
    }
  },
});

/**
 * Creates a detector that returns the declared language unless the text reliably says otherwise. Without a declaration it
 * returns the default language for short texts, for unreliable guesses, and if the default is almost as likely as the guess.
 * English is told from other languages by its words too. `names` (of brands) say nothing.
 * @param languages primary subtags of the languages that can be scored. The first is the default; if it is not written in Latin
 * letters, the default for a text in Latin letters is English if it is among them, else the first that is
 */
export function createLanguageDetector(languages: readonly [string, ...string[]], names: readonly string[] = []): LanguageDetector {
  const nameWords = wordsOfNames(names);
  const scored = languages.map((language) => normalizeLanguage(language) ?? language);
  const [first = languages[0]] = scored;
  const isDefaultLatin = isWrittenIn(first, 'Latn');
  const otherDefault = scored.includes('en') ? 'en' : scored.find((language) => isWrittenIn(language, 'Latn'));
  const defaultLanguage = isDefaultLatin ? first : (otherDefault ?? first);
  const others = scored.filter((language) => language !== 'en' && isWrittenIn(language, 'Latn'));
  const otherScripts = scored.length > 1 ? scored.filter((language) => !isWrittenIn(language, 'Latn')) : [];
  return (text, declaredTag = '') => {
    const declared = normalizeLanguage(declaredTag);
    const words = text.slice(0, maxCharacters).normalize('NFC').replace(noisePattern, ' ');
    const { letters, latin } = countLetters(words);
    if (2 * latin >= letters) {
      if (defaultLanguage === 'en') {
        const prior = others.length > 0 ? shortTextPrior.amongOthers : shortTextPrior.alone;
        return isEnglish(words, declared, nameWords, prior) ? 'en' : detectForeign(words, latin, declared, others);
      }
      return declared ? checkDeclared(words, latin, declared, defaultLanguage) : detectLatin(words, latin, defaultLanguage);
    }
    // The script alone rules out languages, even in short texts.
    const isPossible = declared && !isWrittenIn(declared, 'Latn') && 2 * count(words, scriptLetters(declared)) >= letters - latin;
    if (isPossible) return declared;
    const guess = eld.detect(words);
    return findScored(guess, otherScripts) ?? toStored(guess.language) ?? (isDefaultLatin ? 'und' : first);
  };
}

/** Whether a text in Latin letters is English. Without words, the declaration decides. */
function isEnglish(text: string, declared: string | undefined, names: ReadonlySet<string>, prior: readonly number[]): boolean {
  const { words, english, unknown, withoutNames } = weighEnglish(text, names);
  const isDeclaredOther = declared !== undefined && declared !== 'en';
  if (words === 0 || (english === 0 && isDeclaredOther && words < minWordsAgainstDeclared)) return !isDeclaredOther;
  const scores = eld.detect(withoutNames).getScores();
  const best = Math.max(0, ...Object.entries(scores).map(([language, score]) => (language === 'en' ? 0 : score)));
  const lead = (scores['en'] ?? 0) - best;
  const weights = englishWeights;
  const logOdds =
    weights.constant +
    weights.english * Math.min(english, maxCountedWords) +
    weights.unknown * Math.min(unknown, maxCountedWords) +
    weights.share * (english / Math.max(1, english + unknown)) +
    weights.shareWithNames * (english / words) +
    (weights.lead + weights.leadInLongText * (Math.min(words, fullLeadWords) / fullLeadWords)) * lead;
  if (isDeclaredOther) return logOdds + declaredPrior.other >= 0;
  return logOdds + (declared ? declaredPrior.english : 0) + (prior[words] ?? 0) >= 0;
}

/** The language of a text in Latin letters that is not English. `scored` are other languages in Latin letters that can be scored. */
function detectForeign(text: string, letters: number, declared: string | undefined, scored: readonly string[]): string {
  if (declared !== undefined && declared !== 'en') {
    const language = checkDeclared(text, letters, declared, declared);
    return language === 'en' ? declared : language;
  }
  const guess = eld.detect(text);
  if (guess.language !== 'en' && guess.isReliable()) return toStored(guess.language) ?? 'und';
  return findScored(guess, scored) ?? 'und';
}

/**
 * Where the guess is not reliable, the likeliest of the languages that can be scored; undefined if another language is clearly
 * likelier.
 */
function findScored(guess: Guess, scored: readonly string[]): string | undefined {
  if (scored.length === 0 || guess.isReliable()) return undefined;
  const likeliest = scored.reduce((best, language) => (leadOver(language, guess) < leadOver(best, guess) ? language : best));
  const hasScore = (guess.getScores()[toDetected(likeliest)] ?? 0) > 0;
  return hasScore && leadOver(likeliest, guess) < limits.minLead ? likeliest : undefined;
}

/** The language of a text in Latin letters without a declaration. */
function detectLatin(words: string, letters: number, defaultLanguage: string): string {
  if (letters < limits.minLetters) return defaultLanguage;
  const guess = eld.detect(words);
  return guess.isReliable() && leadOver(defaultLanguage, guess) >= limits.minLead
    ? (toStored(guess.language) ?? defaultLanguage)
    : defaultLanguage;
}

/** The declared language of a text in Latin letters, or another one that the text is clearly written in. */
function checkDeclared(words: string, letters: number, declared: string, defaultLanguage: string): string {
  if (letters < limits.minLettersForDefault) return declared;
  const guess = eld.detect(words);
  const language = toStored(guess.language) ?? declared;
  const isDefault = language === defaultLanguage;
  if (language === declared || (!isDefault && letters < limits.minLetters) || !guess.isReliable()) return declared;
  const isComparable = detectable.has(toDetected(declared)) && isWrittenIn(declared, 'Latn');
  // Of another script in Latin letters, such as romanized Hindi, and of languages that it does not know, the detector makes
  // what is most similar.
  if (!isComparable) return isDefault && (guess.getScores()[guess.language] ?? 0) >= limits.minDefaultScore ? language : declared;
  const minLead = !isDefault && letters < limits.longText ? limits.minLeadInShortText : limits.minLead;
  return leadOver(declared, guess) >= minLead ? language : declared;
}

type Guess = ReturnType<typeof eld.detect>;

/** How far the guessed language leads another one; 0 if they are the same. */
function leadOver(language: string, guess: Guess): number {
  const scores = guess.getScores();
  return (scores[guess.language] ?? 0) - (scores[toDetected(language)] ?? 0);
}

const toDetected = (language: string): string => detectedAs[language] ?? language;
const toStored = (detected: string): string | undefined => normalizeLanguage(detected);

/** The script in which a language is mostly written, as CLDR names it; by language, as above. */
const scripts = new LRUCache<string, string>({
  max: 500,
  memoMethod: (language) => {
    const script = new Intl.Locale(language).maximize().script ?? 'Latn';
    return latinStyles.has(script) ? 'Latn' : script;
  },
});

const isWrittenIn = (language: string, script: string): boolean => scripts.memo(language) === script;

const letterPatterns = new Map<string, RegExp>();

/** Letters of the script in which a language is written. */
function scriptLetters(language: string): RegExp {
  const script = scripts.memo(language) ?? 'Latn';
  const known = letterPatterns.get(script);
  if (known) return known;
  const parts = compositeScripts[script] ?? [script];
  const pattern = new RegExp(`[${parts.map((name) => `\\p{Script=${name}}`).join('')}]`, 'gu');
  letterPatterns.set(script, pattern);
  return pattern;
}

/** Letters of any script and of the Latin one. Most characters are ASCII, for which no pattern has to be tried. */
function countLetters(text: string): { readonly letters: number; readonly latin: number } {
  let letters = 0;
  let latin = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    const isAsciiLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (isAsciiLetter || (code > 127 && letterPattern.test(character))) letters += 1;
    if (isAsciiLetter || (code > 127 && latinLetterPattern.test(character))) latin += 1;
  }
  return { letters, latin };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
