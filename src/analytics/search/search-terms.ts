import { FeedpulseError } from '../../lib/errors.ts';
import { foldText } from '../../lib/fold-text.ts';

const mostTerms = 10;

/** As the brand matcher has it: scripts without spaces between words end no word. */
const glued = '\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Hangul}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}\\p{Tibetan}';
const joining = new RegExp(`^(?![${glued.replaceAll('\\p{', '\\p{scx=')}])[\\p{L}\\p{N}\\p{M}_]`, 'u');
const edge = `[^\\p{L}\\p{N}\\p{M}_]|[${glued}]`;

/**
 * The words and "quoted phrases" of a search, each as an RE2 pattern that finds it in folded text on word
 * boundaries: whatever its case and diacritics, `acme` is in `ACMÉ!` and not in `AcmeCorp`. What is special in
 * patterns is text here.
 * @throws USAGE where nothing is left to look for, or too much
 */
export function searchPatterns(text: string): string[] {
  const terms = [...text.toWellFormed().matchAll(/"([^"]*)"?|([^\s"]+)/g)]
    .map(([, phrase, word]) => foldText((phrase ?? word ?? '').replace(/\p{Cc}/gu, ' ')).trim())
    .filter((term) => term !== '');
  if (terms.length === 0) throw new FeedpulseError('USAGE', 'text: nothing to look for');
  if (terms.length > mostTerms) throw new FeedpulseError('USAGE', `text: more than ${mostTerms} words and phrases`);
  return [...new Set(terms)].map(patternOf);
}

function patternOf(term: string): string {
  const [first = ''] = term;
  const last = [...term].at(-1) ?? '';
  const before = joining.test(first) || first === '#' || first === '@' ? `(?:\\A|${edge})` : '';
  const after = joining.test(last) ? `(?:\\z|${edge})` : '';
  return `${before}${term.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${after}`;
}
