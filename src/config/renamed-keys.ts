/** Renamed and removed settings. Using one is an error that names the replacement. */

interface RenamedKey {
  /** Path in the config; `*` is any list entry or any name. */
  readonly old: string;
  /** The new last segment of the path; undefined if the setting was removed. */
  readonly key?: string;
  readonly advice?: string;
}

export const renamedKeys: readonly RenamedKey[] = [
  { old: 'brands.*.any', key: 'aliases', advice: 'aliases take words, phrases, #hashtags and @handles' },
  { old: 'brands.*.timezone', key: 'timeZone' },
  { old: 'kafka.partitionsAtOnce', key: 'maxConcurrentPartitions' },
  { old: 'kafka.registry', key: 'schemaRegistry' },
  { old: 'deadLetters.maxInARow', key: 'maxConsecutive' },
  { old: 'deadLetters.maxShare', key: 'maxRatio' },
  { old: 'model.perBrand', key: 'targetSentiment' },
  { old: 'retention.minutes', key: 'rollupMinute' },
  { old: 'retention.quarters', key: 'rollup15m' },
  { old: 'server.allowOpen', key: 'allowUnauthenticated' },
  { old: 'server.proxySignIn', key: 'proxyAuth' },
  { old: 'alerts.evaluate', key: 'enabled' },
  { old: 'alerts.link', key: 'externalUrl' },
  { old: 'alerts.webhook', advice: 'define a channel of type webhook in alerts.channels' },
  { old: 'alerts.channels.*.user', key: 'username' },
  { old: 'alerts.rules.*.what', key: 'metric' },
  { old: 'alerts.rules.*.confirmFor', key: 'for' },
  { old: 'alerts.rules.*.minimumPosts', advice: 'small counts need no limit' },
  { old: 'alerts.rules.*.minPosts', advice: 'small counts need no limit' },
  { old: 'alerts.rules.*.minimumChange', key: 'minChange' },
];

/** kafka.deadLetterTopic → FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC */
export function variableName(path: readonly string[]): string {
  return `FEEDPULSE_${path.map((key) => key.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`;
}

/** Removes every renamed key from a config tree and returns one error for each. */
export function removeRenamedKeys(tree: object): string[] {
  return renamedKeys.flatMap((entry) => removeKey(tree, entry.old.split('.'), [], entry));
}

function removeKey(node: unknown, [segment, ...rest]: readonly string[], parent: readonly string[], entry: RenamedKey): string[] {
  if (typeof node !== 'object' || node === null || segment === undefined) return [];
  if (segment === '*') return Object.entries(node).flatMap(([key, child]) => removeKey(child, rest, [...parent, key], entry));
  if (!Object.hasOwn(node, segment)) return [];
  if (rest.length > 0) return removeKey(Reflect.get(node, segment), rest, [...parent, segment], entry);
  Reflect.deleteProperty(node, segment);
  const renamed = entry.key === undefined ? undefined : [...parent, entry.key].join('.');
  return [describeProblem([...parent, segment].join('.'), renamed, entry.advice)];
}

/** The error for an environment variable of a renamed setting, or of one below it; undefined for any other variable. */
export function describeRenamedVariable(name: string): string | undefined {
  for (const { old, key, advice } of renamedKeys) {
    const path = old.split('.');
    const variable = variableName(path);
    if (path.includes('*') || !(name === variable || name.startsWith(`${variable}_`))) continue;
    const renamed = key === undefined ? undefined : `${variableName([...path.slice(0, -1), key])}${name.slice(variable.length)}`;
    return describeProblem(name, renamed, advice);
  }
  return undefined;
}

function describeProblem(old: string, renamed: string | undefined, advice: string | undefined): string {
  const change = renamed === undefined ? `${old}: this setting was removed` : `${old}: renamed to ${renamed}`;
  return advice === undefined ? change : `${change}; ${advice}`;
}
