import { decodeHTMLStrict } from 'entities';
import { type CompiledMapping, isThere, joinText } from './compile-mapping.ts';
import { htmlToText, looksLikeHtml } from './html-to-text.ts';
import { InvalidMessage } from './invalid-message.ts';
import type { Scope } from './scope.ts';

const nul = '\u0000';

/** Well-formed Unicode without NUL; invalid characters become U+FFFD. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes(nul) ? wellFormed.replaceAll(nul, '\ufffd') : wellFormed;
}

/** Decodes HTML entities that end in a semicolon, once. */
export function decodeEntities(text: string): string {
  return text.includes('&') ? decodeHTMLStrict(text) : text;
}

/**
 * The first text that is not blank; empty only where the mapping allows it by a constant.
 * @throws InvalidMessage missing-text, wrong-type
 */
export function requireText(mapping: CompiledMapping, scope: Scope): string {
  let hasWrongType = false;
  for (const { read, isConstant } of mapping.fields.text) {
    const value = read(scope);
    if (!isThere(value)) continue;
    const text = typeof value === 'string' || Array.isArray(value) ? joinText(value) : undefined;
    if (text === undefined) hasWrongType = true;
    else if (isConstant) return cleanText(text);
    else {
      const plain = cleanText(toPlainText(text, mapping));
      if (plain.trim() !== '') return plain;
    }
  }
  throw new InvalidMessage(hasWrongType ? 'wrong-type' : 'missing-text');
}

function toPlainText(text: string, { isHtml, stripsQuotes }: CompiledMapping): string {
  // Text without a tag keeps its line breaks.
  const hasMarkup = text.includes('<') && (isHtml ?? looksLikeHtml(text));
  const plain = hasMarkup ? htmlToText(text, { stripsQuotes }) : decodeEntities(text);
  return stripsQuotes ? stripQuotedLines(plain) : plain;
}

/** `> quoted` and `>quoted`, but neither `>:(` nor Reddit's `>!spoiler!<`. */
const quotedLine = /^ {0,3}>(?:[\s>\p{L}\p{N}"'“„‘«*@#[(]|$)/u;

/** The text without its quoted lines, or unchanged if nothing else is left. */
function stripQuotedLines(text: string): string {
  if (!text.includes('>')) return text;
  const lines = text.split('\n');
  const own = lines.filter((line) => !quotedLine.test(line));
  if (own.length === lines.length) return text;
  const left = own.join('\n').trim();
  return left === '' ? text : left;
}
