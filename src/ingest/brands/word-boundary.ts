/** A character that goes on a word: letters, digits, marks, the underscore. */
const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** Scripts that write words without spaces between them, or glue particles to them, as Korean does. */
const gluedScript =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;

/** Answers for characters seen before: the same few hundred come again and again. */
const known = new Map<number, boolean>();

function joinsWords(codePoint: number): boolean {
  let joins = known.get(codePoint);
  if (joins === undefined) {
    const character = String.fromCodePoint(codePoint);
    joins = wordCharacter.test(character) && !gluedScript.test(character);
    // Unicode has some 150,000 letters; a flood of rare ones must not fill the memory.
    if (known.size < 10_000) known.set(codePoint, joins);
  }
  return joins;
}

/**
 * True when `text[start, end)` stands by itself: no letter or digit runs on across either edge. `#` and `@`
 * begin a hashtag or a handle only where no word ends before them (`me@acme.example` holds no `@acme`).
 */
export function isWholeWord(text: string, start: number, end: number): boolean {
  const first = text.codePointAt(start);
  const last = codePointBefore(text, end);
  if (first === undefined || last === undefined) return false;
  const before = codePointBefore(text, start);
  const after = text.codePointAt(end);
  const tagged = first === 0x23 || first === 0x40;
  if (before !== undefined && (tagged || joinsWords(first)) && joinsWords(before)) return false;
  return !(after !== undefined && joinsWords(last) && joinsWords(after));
}

function codePointBefore(text: string, index: number): number | undefined {
  if (index <= 0) return undefined;
  const unit = text.charCodeAt(index - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return text.codePointAt(isLowSurrogate && index > 1 ? index - 2 : index - 1);
}
