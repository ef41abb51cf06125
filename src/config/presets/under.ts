/**
 * Every path or template below every prefix, in order of the paths: `under(['a.', ''], ['b', 'c'])` is a.b, b, a.c, c. In a
 * template, the prefix precedes each placeholder.
 */
export function under(prefixes: readonly string[], paths: readonly string[]): string[] {
  return paths.flatMap((path) => prefixes.map((prefix) => (path.includes('{') ? path.replaceAll('{', `{${prefix}`) : prefix + path)));
}
