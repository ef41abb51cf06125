/**
 * Whitespace as the content of a regular expression class. Spelled out because `\s` differs between JavaScript and the
 * Python implementation in training/text/clean.py.
 */
export const whitespace = '\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
