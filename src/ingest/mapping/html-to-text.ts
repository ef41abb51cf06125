import { type Token, Tokenizer, TokenizerMode } from 'parse5';

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Elements that end the line before and after them, and those that are set apart by an empty line. */
const lineElements = setOf(
  'address article aside center dd details div dt figcaption figure footer form header hr li main nav option section summary tr',
);
const paragraphElements = setOf('blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul');
/** Their content is not text of the post. */
const hiddenElements = setOf('iframe noscript script style template textarea title');
/** What feeds in HTML consist of. */
const commonElements = setOf('a b blockquote code div em h1 h2 h3 i li ol p pre span strong u ul');
const tagPattern = /<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?\/?>/gi;

/** Whether a text contains a line break or a common element with its end tag, which people do not type. In linear time. */
export function looksLikeHtml(text: string): boolean {
  const open = new Set<string>();
  for (const [, slash, tagName = ''] of text.matchAll(tagPattern)) {
    const name = tagName.toLowerCase();
    if (name === 'br' || (slash === '/' && open.has(name))) return true;
    if (slash === '' && commonElements.has(name)) open.add(name);
  }
  return false;
}

/**
 * The visible text of HTML, broken or not, in linear time: paragraphs and line breaks, mentions and hashtags as shown,
 * and addresses in full where the shown text is a shortened one. Entities are decoded once.
 */
export function htmlToText(html: string, { stripsQuotes }: { readonly stripsQuotes: boolean }): string {
  const text = collectText(html, stripsQuotes);
  // A post that only quotes is better than an empty one.
  return text === '' && stripsQuotes ? collectText(html, false) : text;
}

function collectText(html: string, stripsQuotes: boolean): string {
  const collector = new TextCollector(stripsQuotes);
  // A tokenizer, since a parser keeps a stack of open elements, which takes quadratic time on thousands of them.
  const tokenizer: Tokenizer = new Tokenizer(
    {},
    {
      onStartTag(tag) {
        collector.openTag(tag);
        // As a browser does: what is inside is not markup.
        if (hiddenElements.has(tag.tagName)) tokenizer.state = tag.tagName === 'script' ? TokenizerMode.SCRIPT_DATA : TokenizerMode.RAWTEXT;
      },
      onEndTag: (tag) => collector.closeTag(tag),
      onCharacter: ({ chars }) => collector.append(chars),
      onWhitespaceCharacter: ({ chars }) => collector.append(chars),
      onNullCharacter() {},
      onComment() {},
      onDoctype() {},
      onEof() {},
    },
  );
  tokenizer.write(html, true);
  return collector.finish();
}

class TextCollector {
  readonly #stripsQuotes: boolean;
  readonly #parts: string[] = [];
  /** Line breaks before the next text. */
  #breaks = 0;
  #hasSpace = false;
  /** The hidden element that is open. */
  #hidden: string | undefined;
  #preformatted = 0;
  #quotes = 0;
  /** Mastodon repeats the address of a quoted post in a paragraph of its own. */
  #isQuoteLink = false;
  #link: { readonly href: string; readonly start: number } | undefined;

  constructor(stripsQuotes: boolean) {
    this.#stripsQuotes = stripsQuotes;
  }

  openTag({ tagName, attrs }: Token.TagToken): void {
    if (hiddenElements.has(tagName)) this.#hidden = tagName;
    this.#break(tagName);
    if (tagName === 'br') this.#breaks = Math.min(this.#breaks + 1, 2);
    else if (tagName === 'pre') this.#preformatted += 1;
    else if (tagName === 'blockquote') this.#quotes += 1;
    else if (tagName === 'p') this.#isQuoteLink = hasClass(attrs, 'quote-inline');
    else if (tagName === 'td' || tagName === 'th') this.#hasSpace = true;
    else if (tagName === 'img' && hasClass(attrs, 'emoji')) this.append(attribute(attrs, 'alt'));
    else if (tagName === 'a') this.#openLink(attribute(attrs, 'href'));
  }

  closeTag({ tagName }: Token.TagToken): void {
    if (tagName === this.#hidden) this.#hidden = undefined;
    this.#break(tagName);
    if (tagName === 'pre') this.#preformatted = Math.max(this.#preformatted - 1, 0);
    else if (tagName === 'blockquote') this.#quotes = Math.max(this.#quotes - 1, 0);
    else if (tagName === 'p') this.#isQuoteLink = false;
    else if (tagName === 'a') this.#closeLink();
  }

  /** Outside `pre`, any white space is one space, and none at the ends of a line. */
  append(chars: string): void {
    if (this.#hidden !== undefined || (this.#stripsQuotes && (this.#quotes > 0 || this.#isQuoteLink))) return;
    const text = this.#preformatted > 0 ? chars : chars.replace(/[ \t\n\f\r]+/g, ' ');
    const startsWithSpace = this.#preformatted === 0 && text.startsWith(' ');
    const own = this.#preformatted > 0 ? text : text.slice(startsWithSpace ? 1 : 0, text.endsWith(' ') ? -1 : undefined);
    if (own === '') {
      this.#hasSpace ||= startsWithSpace;
      return;
    }
    if (this.#parts.length > 0) {
      if (this.#breaks > 0) this.#parts.push('\n'.repeat(this.#breaks));
      else if (this.#hasSpace || startsWithSpace) this.#parts.push(' ');
    }
    this.#parts.push(own);
    this.#breaks = 0;
    this.#hasSpace = this.#preformatted === 0 && text.endsWith(' ');
  }

  finish(): string {
    this.#closeLink();
    return this.#parts.join('').trim();
  }

  #break(tagName: string): void {
    if (paragraphElements.has(tagName)) this.#breaks = 2;
    else if (lineElements.has(tagName)) this.#breaks = Math.max(this.#breaks, 1);
  }

  #openLink(href: string): void {
    this.#closeLink();
    this.#link = { href, start: this.#parts.length };
  }

  #closeLink(): void {
    if (!this.#link) return;
    const { href, start } = this.#link;
    this.#link = undefined;
    const shown = this.#parts.slice(start).join('');
    if (!isShortenedAddress(shown.trim(), href)) return;
    // What separates it from the text before stays.
    const separator = /^\s*/.exec(shown)?.[0] ?? '';
    this.#parts.splice(start, Number.POSITIVE_INFINITY, `${separator}${href}`);
  }
}

/** Whether a link shows the beginning of its address, perhaps without the scheme and with an ellipsis. */
function isShortenedAddress(shown: string, href: string): boolean {
  if (!/^https?:\/\/\S+$/i.test(href)) return false;
  const start = shown.replace(/(?:…|\.\.\.)$/, '').toLowerCase();
  if (!/^\S+\.\S/.test(start)) return false;
  const address = href.toLowerCase();
  const withoutScheme = address.replace(/^https?:\/\//, '');
  return address.startsWith(start) || withoutScheme.startsWith(start) || withoutScheme.startsWith(`www.${start}`);
}

function attribute(attrs: Token.TagToken['attrs'], wanted: string): string {
  return attrs.find(({ name }) => name === wanted)?.value ?? '';
}

function hasClass(attrs: Token.TagToken['attrs'], wanted: string): boolean {
  return attribute(attrs, 'class').split(/\s+/).includes(wanted);
}
