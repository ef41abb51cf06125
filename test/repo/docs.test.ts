import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { codeRows, documents, readText, repository } from '../support/repository.ts';

test('the README lists every command, and no other', () => {
  const commands = [...readText('src/cli/main.ts').matchAll(/import\('\.\/commands\/.*'\)\)\.define(\w+)Command/g)].map(([, name = '']) =>
    name.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase(),
  );
  const documented = codeRows(readText('README.md')).map(([command = '']) => command.split(' ')[0]);
  expect(commands.length).toBeGreaterThan(5);
  expect(documented.sort()).toEqual(commands.sort());
});

test('every npm script that a document mentions exists', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  const mentioned = documents().flatMap((path) => [...readText(path).matchAll(/`npm run ([a-z:-]+)/g)].map(([, name = '']) => name));
  expect(mentioned.length).toBeGreaterThan(3);
  expect(mentioned.filter((name) => !(name in scripts))).toEqual([]);
});

test('every part of `npm test` is documented, in order', () => {
  const parts = /^const parts = \{$(.*?)^\};$/ms.exec(readText('scripts/test.mjs'))?.[1] ?? '';
  const names = [...parts.matchAll(/^ {2}([a-z]+): /gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(codeRows(readText('CONTRIBUTING.md')).map(([name]) => name)).toEqual(names);
});

test('every relative link resolves', () => {
  const links = documents().flatMap((path) =>
    [...readText(path).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => ({
      path,
      target,
      file: join(repository, dirname(path), target),
    })),
  );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter(({ file }) => !existsSync(file)).map(({ path, target }) => `${path} → ${target}`)).toEqual([]);
});

test('every decision is in the index under its own title', () => {
  const decisions = readdirSync(`${repository}docs/decisions`).filter((file) => /^\d{4}-/.test(file));
  const index = readText('docs/decisions/README.md');
  for (const file of decisions) {
    const title = /^# \d+\. (.*)$/m.exec(readText(`docs/decisions/${file}`))?.[1];
    expect(index).toContain(`| [${file.slice(0, 4)}](${file}) | ${title} |`);
  }
});

test.each([
  ['Follow one post', 20],
  ['Follow one query', 10],
  ['Follow one alert', 15],
])('%s lists at most %i files, and each exists', (title, max) => {
  const section = readText('docs/architecture.md').split(`### ${title}\n`)[1]?.split('\n### ')[0] ?? '';
  const paths = [...section.matchAll(/`(src\/[\w/.-]+)`/g)].map(([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.length).toBeLessThanOrEqual(max);
  expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

test('every source path in the docs exists', () => {
  const mentioned = documents().flatMap((path) =>
    [...readText(path).matchAll(/`(src\/[\w/.-]+)`/g)].map(([, file = '']) => ({ path, file })),
  );
  expect(mentioned.length).toBeGreaterThan(40);
  expect(mentioned.filter(({ file }) => !existsSync(join(repository, file))).map(({ path, file }) => `${path}: ${file}`)).toEqual([]);
});
