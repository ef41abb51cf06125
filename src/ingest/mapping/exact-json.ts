/**
 * JSON without lost digits. A number that a double cannot hold becomes an object as MongoDB's Extended JSON writes it,
 * `{ "$numberLong": "9007199254740993" }` or `{ "$numberDecimal": … }`, which messages may also contain by themselves.
 */

const byteOrderMark = '\ufeff';

/** Numbers of 16 digits and more before the fraction; smaller ones are exact, or have an inexact fraction that nobody reads. */
const maybeInexact = /[[:,\s]-?(?:9\d{15}|\d{17}|\d{16}\.)/;

/** Strings are matched too, so that digits in them stay as they are. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** @throws SyntaxError if the text is not JSON */
export function parseExactJson(text: string): unknown {
  const json = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  const value: unknown = JSON.parse(json);
  // The text is valid JSON from here on.
  return maybeInexact.test(json) ? JSON.parse(json.replace(stringOrNumber, keepDigits)) : value;
}

function keepDigits(token: string): string {
  if (/^-?\d+$/.test(token)) return Number.isSafeInteger(Number(token)) ? token : `{"$numberLong":"${token}"}`;
  return /^-?\d{16,}\.\d+$/.test(token) ? `{"$numberDecimal":"${token}"}` : token;
}

/** The digits of a number in Extended JSON; undefined for any other value. */
export function exactNumber(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { $numberLong, $numberInt, $numberDecimal, $numberDouble } = value as Readonly<Record<string, unknown>>; // an object
  const digits = $numberLong ?? $numberInt ?? $numberDecimal ?? $numberDouble;
  return typeof digits === 'string' ? digits : undefined;
}

/** The value of a MongoDB ObjectId in Extended JSON; undefined for any other value. */
export function objectId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '$oid')) return undefined;
  const { $oid } = value as { readonly $oid: unknown }; // checked just before
  return typeof $oid === 'string' ? $oid : undefined;
}

/** A string, number or boolean as text; undefined for any other value. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return exactNumber(value) ?? objectId(value);
}
