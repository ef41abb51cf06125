/** Values that commonly break queries. */
export const hostileValues: readonly string[] = [
  '',
  ' ',
  "'",
  "''",
  '"',
  '`',
  '\\',
  "\\'",
  "x' OR '1'='1",
  "'; DROP TABLE posts; --",
  "' UNION ALL SELECT name FROM system.tables --",
  "') FORMAT CSV --",
  "*/ SELECT file('/etc/passwd') /*",
  '1; SELECT sleep(3)',
  '{brand:String}',
  '{{brand}}',
  '$1',
  '%',
  '_',
  '%_%',
  '.*',
  '(a+)+$',
  '[',
  '(?i)x',
  '\\x{110000}',
  '\u0000',
  'a\u0000b',
  '\t\r\n',
  '\u2028\u202e\u200b',
  '\ufffd',
  '😤'.repeat(20),
  'e\u0301'.repeat(40),
  'x'.repeat(5_000),
  '0',
  '-1',
  '-0',
  '1e3',
  '1e308',
  '0x10',
  '٣',
  'NaN',
  'Infinity',
  '18446744073709551616',
  '9007199254740993',
  '0.1',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  'now',
  'now-0s',
  'now-999999999d',
  'now+1h',
  '1969-12-31',
  '2106-02-07T06:28:16Z',
  '9999-12-31T23:59:59.999Z',
  '-271821-04-20T00:00:00Z',
  '2026-02-30',
  '2026-10-25T02:30:00+02:00',
  'Pacific/Kiritimati',
  'Africa/Monrovia',
  'Etc/GMT+14',
  '../../etc/passwd',
  '*',
];

/** Malformed query strings and duplicate parameters. */
function malformedQueries(name: string, value: string): string[] {
  return [
    `${name}=${value}&${name}=${value}`,
    `${name}[]=${value}`,
    `${name}[$gt]=${value}`,
    `${name}.x=${value}`,
    `__proto__[${name}]=${value}`,
    name,
    `${name}=%`,
    `${name}=%ZZ`,
    `${name}=%00`,
    `${name}=%C3%28`,
    `${name}=%ED%A0%80`,
    `${name}=${value}&x'=1`,
    `${name}=${value};${name}=x`,
  ];
}

/**
 * Hostile query strings of a route: each parameter with each value in turn while the others are valid, and malformed forms.
 * @param valid every parameter of the route, with a valid value
 */
export function hostileQueries(valid: Readonly<Record<string, string>>): { readonly query: string; readonly value: string }[] {
  return Object.entries(valid).flatMap(([name, value]) => [
    ...hostileValues.map((hostile) => ({ query: new URLSearchParams({ ...valid, [name]: hostile }).toString(), value: hostile })),
    ...malformedQueries(name, encodeURIComponent(value)).map((query) => ({ query, value: '' })),
  ]);
}

/** JSON values of unexpected types. */
const unexpectedValues: readonly unknown[] = [null, true, 0, -1, 1.5, 1e308, [], ['x'], [[]], {}, { $gt: '' }, { length: 1 }];

/**
 * Hostile bodies of a route: each field with each value in turn while the others are valid, an unknown field, and bodies
 * that are not objects.
 * @param valid every field of the route, with a valid value
 */
export function hostileBodies(valid: Readonly<Record<string, unknown>>): { readonly body: unknown; readonly value: string }[] {
  const fields = Object.keys(valid).flatMap((name) => [
    ...hostileValues.map((value) => ({ body: { ...valid, [name]: value }, value })),
    ...unexpectedValues.map((value) => ({ body: { ...valid, [name]: value }, value: '' })),
  ]);
  const bodies = [...unexpectedValues, 'text', { ...valid, "x'": 1 }, JSON.parse('{"__proto__":{"admin":true}}')];
  return [...fields, ...bodies.map((body) => ({ body, value: '' }))];
}
