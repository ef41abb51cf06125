/** Values that have broken somebody's query before. */
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

/** Text that is no well-formed query string, or says something twice. */
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
 * Hostile query strings of a route: each parameter with each value in turn while the others hold what is right,
 * and in odd forms.
 * @param right every parameter of the route, with a value that it takes
 */
export function hostileQueries(right: Readonly<Record<string, string>>): { readonly query: string; readonly value: string }[] {
  return Object.entries(right).flatMap(([name, value]) => [
    ...hostileValues.map((hostile) => ({ query: new URLSearchParams({ ...right, [name]: hostile }).toString(), value: hostile })),
    ...malformedQueries(name, encodeURIComponent(value)).map((query) => ({ query, value: '' })),
  ]);
}

/** Values of a field in JSON that are of no type, or not of the one that is expected. */
const oddValues: readonly unknown[] = [null, true, 0, -1, 1.5, 1e308, [], ['x'], [[]], {}, { $gt: '' }, { length: 1 }];

/**
 * Hostile bodies of a route: each field with each value in turn while the others hold what is right, one field too
 * many, and what is no object at all.
 * @param right every field of the route, with a value that it takes
 */
export function hostileBodies(right: Readonly<Record<string, unknown>>): { readonly body: unknown; readonly value: string }[] {
  const fields = Object.keys(right).flatMap((name) => [
    ...hostileValues.map((value) => ({ body: { ...right, [name]: value }, value })),
    ...oddValues.map((value) => ({ body: { ...right, [name]: value }, value: '' })),
  ]);
  const wholes = [...oddValues, 'text', { ...right, "x'": 1 }, JSON.parse('{"__proto__":{"admin":true}}')];
  return [...fields, ...wholes.map((body) => ({ body, value: '' }))];
}
