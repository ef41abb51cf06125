import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load-config.ts';
import { renamedKeys, variableName } from '../../src/config/renamed-keys.ts';
import { configSchema } from '../../src/config/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'feedpulse-renamed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function messageOf(settings: unknown, env: NodeJS.ProcessEnv = {}): string {
  const file = join(folder, 'feedpulse.yaml');
  writeFileSync(file, JSON.stringify(settings));
  try {
    loadConfig({ file, env });
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    return String(error);
  }
  throw new Error('the config was accepted');
}

/** A config that sets just this key. Below a `*` there is one entry, in a list for brands and rules. */
function settingsWith([segment = '', ...rest]: readonly string[]): unknown {
  const value = rest.length === 0 ? 'anything' : settingsWith(rest);
  return segment === '*' ? [value] : { [segment]: value };
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** True if the JSON Schema of the config has this path. */
function isSetting(path: readonly string[], schema: Schema): boolean {
  const [segment = '', ...rest] = path;
  if (schema.oneOf) return schema.oneOf.some((option) => isSetting(path, option));
  const child = segment === '*' ? (schema.items ?? schema.additionalProperties) : schema.properties?.[segment];
  return child !== undefined && (rest.length === 0 || isSetting(rest, child));
}

describe.each(renamedKeys)('$old', ({ old, key, advice }) => {
  const path = old.split('.');
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as Schema; // the parts of it that are read here
  const renamed = key === undefined ? undefined : [...path.slice(0, -1), key];

  test('is no setting any more, and its successor is one', () => {
    expect(isSetting(path, schema)).toBe(false);
    if (renamed) expect(isSetting(renamed, schema)).toBe(true);
  });

  test('is rejected in a file, once, with the new name', () => {
    const message = messageOf(settingsWith(path));
    const shown = (parts: readonly string[]): string => parts.join('.').replace('*', '0');
    expect(message).toContain(`${shown(path)}: ${renamed ? `renamed to ${shown(renamed)}` : 'this setting was removed'}`);
    expect(message).toContain(advice ?? '');
    expect(message).not.toMatch(/unknown setting/);
  });
});

// Entries of lists have no environment variable.
test.each(renamedKeys.filter(({ old }) => !old.includes('*')))(
  '$old is rejected as an environment variable, with the new name',
  ({ old, key }) => {
    const path = old.split('.');
    const renamed = key === undefined ? undefined : [...path.slice(0, -1), key];
    for (const tail of ['', '_URL']) {
      const message = messageOf({}, { [`${variableName(path)}${tail}`]: 'anything' });
      expect(message).toContain(renamed ? `renamed to ${variableName(renamed)}${tail}` : 'this setting was removed');
    }
  },
);

test('reports renamed keys together with other problems', () => {
  const message = messageOf({ kafka: { partitionsAtOnce: 4 }, server: { port: 99_999, allowOpen: true } });
  for (const part of ['3 problems', 'kafka.maxConcurrentPartitions', 'server.allowUnauthenticated', 'server.port'])
    expect(message).toContain(part);
});
