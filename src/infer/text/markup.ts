import { decodeHTML } from 'entities';
import { whitespace } from './whitespace.ts';

// Same as training/text/markup.py.

const entityPattern = /&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/g;
const control = '\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f';
/** Characters that Python's html.unescape drops when a numeric entity names them. */
const invalidReferencePattern = new RegExp(`^[${control}\\p{Noncharacter_Code_Point}]$`, 'u');
const maxDecodings = 3;

const blockTagPattern = /<(?:\/?(?:p|div|li|ul|ol|tr|table|h[1-6]|pre)|\/blockquote|br[ ]?\/?|hr[ ]?\/?)(?: [^<>]*)?>/gi;
const quoteTagPattern = /<blockquote(?: [^<>]*)?>/gi;
const inlineTagPattern =
  /<\/?(?:a|abbr|b|big|center|cite|code|del|em|font|i|img|ins|mark|q|s|small|span|strike|strong|sub|sup|td|th|u)(?: [^<>]*)?\/?>/gi;
const lineBreakPattern = /\r\n|[\r\v\f\x85\u2028\u2029]/g;
/** Line breaks of JSON or CSV that were never decoded; `C:\new` is a path. */
const escapedBreakPattern = /(?<![:\\])(?:\\r)?\\n/g;

const linkPattern = /!?\[([^[\]\n]{1,300})\]\((?:https?:\/\/|www\.|mailto:|[/#])[^() \t\n]{0,500}\)/gi;
const fencePattern = /```[A-Za-z]{0,20}/g;
const codePattern = /`([^`\n]{1,300})`/g;
const boldPattern = /(?<![A-Za-z0-9*])\*\*(?=[^ \t\n*])([^*\n]{1,300})\*\*(?![A-Za-z0-9*])/g;
const italicPattern = /(?<![A-Za-z0-9*])\*(?=[A-Za-z0-9"'(@#])([^*\n]{1,300})(?<=[A-Za-z0-9"').,!?])\*(?![A-Za-z0-9*])/g;
const underlinedPattern = /(?<![A-Za-z0-9_@#/\\])(__?)(?=[A-Za-z0-9"'(])([^_\n]{1,300})(?<=[A-Za-z0-9"').,!?])\1(?![A-Za-z0-9_])/g;
const struckPattern = /~~([^~\n]{1,300})~~/g;
const headingPattern = /(?:^|(?<=\n))[ ]{0,3}#{1,6}[ ]+/g;
const bulletPattern = /(?:^|(?<=\n))[ ]{0,8}[-*\u2022][ ]+/g;
const rulePattern = /(?:^|(?<=\n))[ ]{0,3}(?:-{3,}|={3,}|\*{3,}|_{3,})[ ]*(?=\n|$)/g;

const urlPattern = new RegExp(`(?<![A-Za-z0-9])(?:[hH][tT][tT][pP][sS]?://|[wW][wW][wW]\\.)[^${whitespace}]+`, 'g');
const bareUrlPattern = new RegExp(`(?<![A-Za-z0-9@._/-])(?:[A-Za-z0-9-]{1,63}\\.){1,4}[a-z]{2,12}/[^${whitespace}]+`, 'g');
const handlePattern = /(?<![A-Za-z0-9_@])@[A-Za-z0-9_]{1,50}(?:@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}|\.bsky\.social)?/g;

const quotedLinePattern = /^[ \t]{0,3}>+[ \t]?(.*)$/s;
const retweet = `(?:RT|QT|MT)[${whitespace}]{1,9}@user[${whitespace}]{0,9}:?[${whitespace}]*`;
const retweetStartPattern = new RegExp(`^[${whitespace}]*(["']?)(?:${retweet})+`);
const retweetPattern = new RegExp(`(?<=[${whitespace}])${retweet}`);
const retweetsPattern = new RegExp(retweetPattern, 'g');
/** Points from a comment back to the text before it: "we love our customers << lies". */
const commentPattern = new RegExp(`[${whitespace}](?:<{2,}|<-+|\u2190|\u2b05)(?![A-Za-z0-9])`);
const letterPattern = /[A-Za-z]/;

/** Decodes HTML entities, also those that were encoded more than once. */
export function decodeEntities(text: string): string {
  let decoded = text;
  for (let times = 0; times < maxDecodings && decoded.includes('&'); times += 1) decoded = decoded.replace(entityPattern, decodeEntity);
  return decoded;
}

function decodeEntity(entity: string): string {
  const decoded = decodeHTML(entity);
  return invalidReferencePattern.test(decoded) ? '' : decoded;
}

/** Replaces HTML tags, of paragraphs with line breaks; a `<3` is no tag. Escaped line breaks become line breaks. */
export function removeTags(text: string): string {
  let result = text.replace(lineBreakPattern, '\n');
  if (result.includes('<')) {
    result = result.replace(quoteTagPattern, '\n> ').replace(blockTagPattern, '\n').replace(inlineTagPattern, '');
  }
  return result.includes('\\') ? result.replace(escapedBreakPattern, '\n') : result;
}

/** Removes the marks of Markdown and keeps their text; of links, the text only. Quoted lines keep their `>`. */
export function removeMarkdown(text: string): string {
  let result = text.replace(headingPattern, '').replace(bulletPattern, '').replace(rulePattern, '');
  if (result.includes('`')) result = result.replace(fencePattern, '').replace(codePattern, '$1');
  if (result.includes('[')) result = result.replace(linkPattern, '$1');
  if (result.includes('*')) result = result.replace(boldPattern, '$1').replace(italicPattern, '$1');
  if (result.includes('_')) result = result.replace(underlinedPattern, '$2');
  return result.includes('~') ? result.replace(struckPattern, '$1') : result;
}

/** Replaces URLs with `http` and handles with `@user`. A URL without a scheme counts if it has a path. */
export function replaceLinks(text: string): string {
  let result = text.replace(urlPattern, 'http');
  if (result.includes('/')) result = result.replace(bareUrlPattern, 'http');
  return result.includes('@') ? result.replace(handlePattern, '@user') : result;
}

/**
 * Puts the words of others into quotation marks: lines quoted with `>`, and what follows `RT @user:` or `QT @user:` after words
 * of the post's own, or before them if an arrow points back. A post that only passes on the words of others stays as it is.
 */
export function markQuotations(text: string): string {
  return markRetweet(text.includes('>') ? markLines(text) : text);
}

function markLines(text: string): string {
  const lines = text.split('\n').map((line) => ({ line, quoted: quotedLinePattern.exec(line)?.[1] }));
  const hasOwn = lines.some(({ line, quoted }) => quoted === undefined && letterPattern.test(line));
  const result: string[] = [];
  let block: string[] = [];
  const endBlock = (): void => {
    if (block.length === 0) return;
    const words = block.join('\n');
    result.push(hasOwn && letterPattern.test(words) ? quote(words) : words);
    block = [];
  };
  for (const { line, quoted } of lines) {
    if (quoted !== undefined) {
      block.push(quoted);
      continue;
    }
    endBlock();
    result.push(line);
  }
  endBlock();
  return result.join('\n');
}

function markRetweet(text: string): string {
  const start = retweetStartPattern.exec(text);
  if (start) {
    const rest = text.slice(start[0].length);
    const comment = start[1] ? null : commentPattern.exec(rest);
    if (!comment) return text;
    const [before, after] = [rest.slice(0, comment.index), rest.slice(comment.index + comment[0].length)];
    return letterPattern.test(before) && letterPattern.test(after) ? `${quote(before)}${after}` : text;
  }
  const found = retweetPattern.exec(text);
  if (!found) return text;
  const [own, quoted] = [text.slice(0, found.index), text.slice(found.index + found[0].length)];
  if (!letterPattern.test(own) || !letterPattern.test(quoted)) return text;
  return `${own}@user: ${quote(quoted.replace(retweetsPattern, ''))}`;
}

const quote = (words: string): string =>
  ` "${words
    .replace(/^[ \n\t"]+/, '')
    .replace(/(?<![ \n\t"])[ \n\t"]+$/, '')
    .replaceAll('"', "'")}" `;
