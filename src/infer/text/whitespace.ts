/**
 * White space as a class of a regular expression, spelled out: `\s` differs between JavaScript and the Python twin,
 * training/clean.py.
 */
export const space = '\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
