import { describe, expect, it } from 'vitest';
import { escapeTerminal, printableBytes, printableJson, truncateUtf8 } from '../../../src/cli/output/escape-terminal.ts';

/** Nothing in it can steer a terminal: no control but the end of a line, no mark of direction. */
const harmless = /^(?:[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]|\n)*$/u;

const hostile = '\u001b[2J\u001b]0;owned\u0007\r\u0008\u009b31m\u007f \u202eevil\u2066 \u2028 \ufeff \ud83d';

describe('a printed message', () => {
  it('contains no control sequences', () => {
    expect(escapeTerminal(hostile)).toMatch(harmless);
    expect(escapeTerminal(hostile)).toContain('\\u{1b}[2J\\u{1b}]0;owned\\u{7}');
    expect(printableBytes(Buffer.from(hostile)).lines.join('\n')).toMatch(harmless);
    expect(printableBytes(Buffer.from([0, 0x1b, 0x9b, 0xff])).lines.join('\n')).toMatch(harmless);
  });

  it('keeps letters, emoji and ends of lines', () => {
    const text = 'naïve 日本語 👩‍🚀\n  two';
    expect(printableBytes(Buffer.from(text))).toEqual({ kind: 'text', lines: ['  naïve 日本語 👩‍🚀', '    two'] });
  });

  it('is a hex dump if it is not text', () => {
    expect(printableBytes(Buffer.from('\u0000{"a":1}  0123456789')).lines).toEqual([
      '  00000000  00 7b 22 61 22 3a 31 7d 20 20 30 31 32 33 34 35  .{"a":1}  012345',
      '  00000010  36 37 38 39                                      6789',
    ]);
    expect(printableBytes(Buffer.from([0xc3, 0x28])).kind).toBe('hex');
  });

  it('is the same value as JSON', () => {
    const value = { text: hostile.toWellFormed(), number: 1 };
    expect(printableJson(value)).toMatch(harmless);
    expect(JSON.parse(printableJson(value))).toEqual(value);
  });

  it('is cut between characters', () => {
    const bytes = Buffer.from('aé日😀');
    for (let most = 1; most <= bytes.length; most += 1) {
      const beginning = truncateUtf8(bytes, most);
      expect(beginning.length).toBeGreaterThan(most - 4);
      expect('aé日😀'.startsWith(beginning.toString())).toBe(true);
    }
  });
});
