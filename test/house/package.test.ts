import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readText, repository } from '../support/repository.ts';

interface Package {
  readonly engines: { readonly node: string };
  readonly license: string;
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

// Our own file; the tests below look at each part.
const facts = JSON.parse(readText('package.json')) as Package;
const lockFile = readText('package-lock.json');

test('package.json says what the project needs and gives', () => {
  expect(facts.engines.node).toBe('>=20.19');
  expect(facts.license).toBe('MIT');
  expect(Object.values(facts.bin).filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
  const committed = facts.files.filter((path) => path !== 'dist/');
  expect(committed.filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
});

test('versions are exact', () => {
  const versions = Object.entries({ ...facts.dependencies, ...facts.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('the lock file names packages and checksums, no server', () => {
  expect(lockFile).not.toContain('"resolved"');
  const packages = Object.entries((JSON.parse(lockFile) as { packages: Record<string, { integrity?: string }> }).packages);
  expect(packages.filter(([path, { integrity }]) => path !== '' && !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
});

test('no install script runs', () => {
  expect(readText('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  expect(Object.keys(facts.scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
});
