import { isUtf8 } from 'node:buffer';

/**
 * Characters that steer a terminal or reorder what it shows: controls (C0, DEL, C1), line and paragraph
 * separators, marks of direction, and halves of surrogate pairs.
 */
const unsafeCharacters = /\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}|\ufeff|\p{Surrogate}/gu;

/** The text on one line, with what could steer a terminal as `\u{1b}`. */
export function escapeTerminal(text: string): string {
  return text.replace(unsafeCharacters, escaped);
}

/** JSON whose characters cannot steer a terminal either: `JSON.stringify` escapes only the first 32. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafeCharacters, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Bytes as indented lines: text where they are UTF-8 without NUL, a hex dump otherwise. Ends of lines are kept. */
export function printableBytes(bytes: Buffer): { readonly kind: 'text' | 'hex'; readonly lines: readonly string[] } {
  if (isUtf8(bytes) && !bytes.includes(0)) {
    const text = bytes.toString('utf8');
    return { kind: 'text', lines: text.split('\n').map((line) => `  ${escapeTerminal(line)}`) };
  }
  return { kind: 'hex', lines: hexDump(bytes) };
}

const bytesPerLine = 16;

function hexDump(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const part = bytes.subarray(at, at + bytesPerLine);
    const hex = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = [...part].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`  ${at.toString(16).padStart(8, '0')}  ${hex.padEnd(bytesPerLine * 3 - 1)}  ${ascii}`);
  }
  return lines;
}

/** Cuts at a character's end, so that text stays UTF-8. */
export function truncateUtf8(bytes: Buffer, most: number): Buffer {
  if (bytes.length <= most) return bytes;
  let end = most;
  // Bytes 10xxxxxx go on a character that began before.
  while (end > most - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
