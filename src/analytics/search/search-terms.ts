import { inflections, parseQuery, type Query } from '../../domain/query-language.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { foldText } from '../../lib/fold-text.ts';
import type { TextSearch } from '../../sink/queries/post-conditions.ts';

const maxTerms = 10;

/** As in the brand matcher: scripts without spaces between words have no word boundaries. */
const unspacedScripts = '\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Hangul}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}\\p{Tibetan}';
const wordCharacter = new RegExp(`^(?![${unspacedScripts.replaceAll('\\p{', '\\p{scx=')}])[\\p{L}\\p{N}\\p{M}_]`, 'u');
const wordBoundary = `[^\\p{L}\\p{N}\\p{M}_]|[${unspacedScripts}]`;

/**
 * A search with an RE2 pattern for each of its terms, which matches it in folded text on word boundaries, ignoring case and
 * diacritics: `acme` matches `ACMÉ!` but not `AcmeCorp`. Words also match their inflections, phrases do not. Special
 * characters are escaped.
 * @throws USAGE for no words, or more than ten
 */
export function toTextSearch(text: string): TextSearch {
  let terms = 0;
  const convert = (query: Query): TextSearch | undefined => {
    if (query.kind === 'not') {
      const part = convert(query.part);
      return part && { kind: 'not', part };
    }
    if ('parts' in query) {
      const parts = query.parts.flatMap((part) => convert(part) ?? []);
      return parts.length > 0 ? { kind: query.kind, parts } : undefined;
    }
    const term = foldText(query.text).trim();
    if (term === '') return undefined;
    terms += 1;
    return { kind: 'pattern', pattern: toPattern(term, query.kind) };
  };
  const query = parseQuery(text.toWellFormed());
  const search = query && convert(query);
  if (!search) throw new FeedpulseError('USAGE', 'text: has no words to search for.');
  if (terms > maxTerms) throw new FeedpulseError('USAGE', `text: has more than ${maxTerms} words and phrases.`);
  return search;
}

/** An RE2 pattern that matches a term, folded by `foldText`, in folded text; a phrase where the brand matcher finds it too. */
export function toPattern(term: string, kind: 'word' | 'phrase' | 'prefix'): string {
  const [first = ''] = term;
  const last = [...term].at(-1) ?? '';
  const before = wordCharacter.test(first) || first === '#' || first === '@' ? `(?:\\A|${wordBoundary})` : '';
  const after = wordCharacter.test(last) && kind !== 'prefix' ? `(?:\\z|${wordBoundary})` : '';
  const escaped = term.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return `${before}${(kind === 'word' ? inflections(term) : undefined) ?? escaped}${after}`;
}
