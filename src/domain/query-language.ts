/** The query language of searches: words, "phrases", prefix*, AND, OR, NOT or -, and parentheses. */
export type Query =
  | { readonly kind: 'word' | 'phrase' | 'prefix'; readonly text: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query };

type Token = { readonly kind: 'open' | 'close' | 'or' | 'and' | 'not' } | { readonly kind: 'term'; readonly term: Query };

/**
 * Parses a query. Words side by side must all occur; OR binds less tightly than AND. Nobody should meet an error while
 * typing, so whatever is left open or dangles is read as if it were not there. Undefined if there is nothing to search for.
 */
export function parseQuery(text: string): Query | undefined {
  const tokens = tokenize(text.replace(/\p{Cc}/gu, ' '));
  let position = 0;
  const peek = (): Token['kind'] | undefined => tokens[position]?.kind;

  const readOr = (): Query | undefined => {
    const parts = [readAnd()];
    while (peek() === 'or') {
      position += 1;
      parts.push(readAnd());
    }
    return join('or', parts);
  };
  const readAnd = (): Query | undefined => {
    const parts: (Query | undefined)[] = [];
    for (let kind = peek(); kind !== undefined && kind !== 'or' && kind !== 'close'; kind = peek()) {
      if (kind === 'and') position += 1;
      else parts.push(readUnary());
    }
    return join('and', parts);
  };
  const readUnary = (): Query | undefined => {
    const token = tokens[position];
    position += 1;
    if (token?.kind === 'term') return token.term;
    if (token?.kind === 'not') {
      const kind = peek();
      const part = kind === undefined || kind === 'or' || kind === 'close' || kind === 'and' ? undefined : readUnary();
      return part && { kind: 'not', part };
    }
    const inner = readOr();
    if (peek() === 'close') position += 1;
    return inner;
  };

  const parts: (Query | undefined)[] = [];
  while (position < tokens.length) {
    parts.push(readOr());
    // A parenthesis that closes nothing.
    if (peek() === 'close') position += 1;
  }
  return join('and', parts);
}

function join(kind: 'and' | 'or', parts: readonly (Query | undefined)[]): Query | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length > 1 ? { kind, parts: present } : present[0];
}

const operators: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
]);

/** Parentheses count only at the edges of a word: `:-(` and `f(x)` are words. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const [, minus, open, phrase, word] of text.matchAll(/(-(?=["(]|[^\s"-]))?(?:(\()|"([^"]*)"?|([^\s"]+))/g)) {
    if (minus) tokens.push({ kind: 'not' });
    if (open) {
      depth += 1;
      tokens.push({ kind: 'open' });
    }
    if (phrase !== undefined && phrase.trim() !== '') tokens.push({ kind: 'term', term: { kind: 'phrase', text: phrase } });
    if (word === undefined) continue;
    const closing = Math.min(depth, /\)*$/.exec(word)?.[0].length ?? 0);
    const plain = word.slice(0, word.length - closing);
    const operator = minus ? undefined : operators.get(plain);
    if (operator) tokens.push({ kind: operator });
    else if (plain !== '') tokens.push({ kind: 'term', term: toTerm(plain) });
    for (let count = 0; count < closing; count += 1) tokens.push({ kind: 'close' });
    depth -= closing;
  }
  return tokens;
}

const toTerm = (word: string): Query =>
  /[\p{L}\p{N}]{2}\*$/u.test(word) ? { kind: 'prefix', text: word.slice(0, -1) } : { kind: 'word', text: word };

/** The words and phrases that a matching text contains, not those that it must not contain. */
export function positiveTerms(query: Query | undefined): readonly (Query & { readonly text: string })[] {
  if (!query || query.kind === 'not') return [];
  return 'parts' in query ? query.parts.flatMap(positiveTerms) : [query];
}

const minStem = 4;

/**
 * A pattern of the English inflections of a word, in lower case: `refunds` also finds refund, refunded and refunding, and
 * `battery` batteries. A rough stemmer, because too many results cost less than a missed one. Undefined for a word that
 * has no inflections to look for. The pattern is valid in RE2 and in JavaScript.
 */
export function inflections(word: string): string | undefined {
  if (!/^[a-z]{4,}$/.test(word)) return undefined;
  const stem = stemOf(word);
  if (stem.length < minStem) return undefined;
  if (stem.endsWith('y') && !/[aeiou]y$/.test(stem)) return `${stem.slice(0, -1)}(?:y|ies|ied|ying|y's)`;
  if (stem.endsWith('e')) return `${stem.slice(0, -1)}(?:e|es|ed|ing|e's)`;
  return `${stem}(?:e?s|e?d|e|ing|'s|${stem.at(-1)}ed|${stem.at(-1)}ing)?`;
}

function stemOf(word: string): string {
  const hasVowel = (part: string): boolean => /[aeiouy]/.test(part);
  if (/[^e]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (/[^suai]s$/.test(word)) return word.slice(0, -1);
  for (const ending of ['ing', 'ed']) {
    const base = word.slice(0, -ending.length);
    if (!word.endsWith(ending) || word.endsWith('eed') || base.length < minStem || !hasVowel(base)) continue;
    return /([bdgmnprt])\1$/.test(base) ? base.slice(0, -1) : base;
  }
  return word;
}
