import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { defaultMapping, type MappingInput, resolveMapping } from '../../src/config/mapping.ts';
import { configSchema } from '../../src/config/schema.ts';
import { readText } from '../support/repository.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-mapping-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function load(mapping: object): MappingInput {
  const file = join(dir, 'feedpulse.yaml');
  writeFileSync(file, stringify({ mapping }));
  return loadConfig({ file, env: {} }).mapping;
}

describe('the mapping', () => {
  it.each<[object, RegExp]>([
    [{ id: '' }, /^mapping\.id: a key is missing at position 1\.$/],
    [{ id: 'a..b' }, /^mapping\.id: a key is missing at position 3\.$/],
    [{ id: 'a.b.' }, /^mapping\.id: a key is missing at position 5\.$/],
    [{ id: ['a', 'b}'] }, /^mapping\.id\.1: unexpected } at position 2\.$/],
    [{ id: '$kee' }, /^mapping\.id: unknown root \$kee; roots are \$message, \$key, \$headers, \$timestamp\. Write \$message\.\$kee for /],
    [{ id: '$headers' }, /^mapping\.id: \$headers needs the name of a header: \$headers\.name\.$/],
    [{ id: '$timestamp.day' }, /^mapping\.id: \$timestamp is a number and has no fields\.$/],
    [{ id: 'items.*.id' }, /^mapping\.id: \* is allowed only in forEach and forEachNested\.$/],
    [{ id: 'users[id]' }, /^mapping\.id: \[ ] needs key=path or key='literal'\.$/],
    [{ id: 'users[id=a' }, /^mapping\.id: ] is missing\.$/],
    [{ id: "users[id='a]" }, /^mapping\.id: a literal has no closing '\.$/],
    [{ id: 'users[id=a]name' }, /^mapping\.id: unexpected n at position 12\.$/],
    [{ id: '{a' }, /^mapping\.id: } is missing\.$/],
    [{ id: '{a}}' }, /^mapping\.id: } without \{; write \\} for the character\.$/],
    [{ id: '{a}\\q' }, /^mapping\.id: unknown escape \\q\.$/],
    [{ id: '{$kee}' }, /^mapping\.id: unknown root \$kee/],
    [{ id: `${'a.'.repeat(40)}a` }, /^mapping\.id: more than 32 steps\.$/],
    [{ id: 'a'.repeat(2_000) }, /^mapping\.id: longer than 1000 characters\.$/],
    [{ skipWhen: { path: 'a..b', exists: true } }, /^mapping\.skipWhen\.path: a key is missing/],
    [{ onlyWhen: { all: [{ path: 'a', matches: '(' }] } }, /^mapping\.onlyWhen\.all\.0\.matches: .*Unterminated group\.$/],
    [{ onlyWhen: { path: 'a' } }, /^mapping\.onlyWhen: /],
    [{ forEach: 'items[id=' }, /^mapping\.forEach: a key is missing at position 10\.$/],
    [{ author: 'user' }, /^mapping\.author: unknown setting; did you mean authorId\?$/],
    [{ preset: 'myspace' }, /^mapping\.preset: /],
  ])('%j is CONFIG_INVALID', (mapping, message) => {
    expect(() => load(mapping)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }));
  });

  it('takes all forms of a source and a condition', () => {
    const mapping = {
      id: ['$key', 'data.edits.0', { from: 't1_{id}', when: { path: 'kind', equals: ['a', 1, true, null] } }],
      text: ['{title}\n\n{body}', { value: '' }],
      authorHandle: "includes.users[id=refs[type='quoted'].author].username",
      platformName: 'forum',
      html: true,
      forEach: ['*', 'items.*.data'],
      onlyWhen: [{ path: 'a', exists: true }, { any: [{ path: 'b', matches: '^x' }] }],
    };
    expect(load(mapping)).toEqual(mapping);
  });

  it('inherits the default mapping, and can be resolved again', () => {
    expect(resolveMapping({})).toEqual(defaultMapping);
    const resolved = resolveMapping({ text: 'body' });
    expect(resolved).toEqual({ ...defaultMapping, text: 'body' });
    expect(resolveMapping(resolved)).toEqual(resolved);
  });

  it('has valid examples in docs/mapping.md', () => {
    const examples = [...readText('docs/mapping.md').matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => parse(yaml) as object);
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const example of examples) expect(configSchema.safeParse(example)).toMatchObject({ success: true });
  });
});
