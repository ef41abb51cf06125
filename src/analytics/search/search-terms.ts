import { FeedpulseError } from '../../lib/errors.ts';
import { foldText } from '../../lib/fold-text.ts';

const maxTerms = 10;

/** As in the brand matcher: scripts without spaces between words have no word boundaries. */
const unspacedScripts = '\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Hangul}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}\\p{Tibetan}';
const wordCharacter = new RegExp(`^(?![${unspacedScripts.replaceAll('\\p{', '\\p{scx=')}])[\\p{L}\\p{N}\\p{M}_]`, 'u');
const wordBoundary = `[^\\p{L}\\p{N}\\p{M}_]|[${unspacedScripts}]`;

/**
 * The words and "quoted phrases" of a search, each as an RE2 pattern that matches it in folded text on word boundaries,
 * ignoring case and diacritics: `acme` matches `ACMÉ!` but not `AcmeCorp`. Special characters are escaped.
 * @throws USAGE for no words, or more than ten
 */
export function toSearchPatterns(text: string): string[] {
  const terms = [...text.toWellFormed().matchAll(/"([^"]*)"?|([^\s"]+)/g)]
    .map(([, phrase, word]) => foldText((phrase ?? word ?? '').replace(/\p{Cc}/gu, ' ')).trim())
    .filter((term) => term !== '');
  if (terms.length === 0) throw new FeedpulseError('USAGE', 'text: has no words to search for.');
  if (terms.length > maxTerms) throw new FeedpulseError('USAGE', `text: has more than ${maxTerms} words and phrases.`);
  return [...new Set(terms)].map(toPattern);
}

function toPattern(term: string): string {
  const [first = ''] = term;
  const last = [...term].at(-1) ?? '';
  const before = wordCharacter.test(first) || first === '#' || first === '@' ? `(?:\\A|${wordBoundary})` : '';
  const after = wordCharacter.test(last) ? `(?:\\z|${wordBoundary})` : '';
  return `${before}${term.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${after}`;
}
