import { isUtf8 } from 'node:buffer';

/**
 * Characters that control the terminal or reorder text: C0, DEL and C1 controls, line and paragraph separators, bidi
 * controls, lone surrogates.
 */
const unsafeCharacters = /\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}|\ufeff|\p{Surrogate}/gu;

/** Escapes unsafe characters as `\u{1b}`; the result is a single line. */
export function escapeTerminal(text: string): string {
  return text.replace(unsafeCharacters, escaped);
}

/** Single-line JSON with unsafe characters escaped; `JSON.stringify` escapes only C0 controls. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafeCharacters, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Bytes as indented lines: text if they are UTF-8 without NUL, else a hex dump. Line breaks are kept. */
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

/** Truncates at a character boundary, so that text stays UTF-8. */
export function truncateUtf8(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length <= maxBytes) return bytes;
  let end = maxBytes;
  // 10xxxxxx is a UTF-8 continuation byte.
  while (end > maxBytes - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
