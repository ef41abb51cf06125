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
  const committed = facts.files.filter((path) => path !== 'dist/').map((path) => path.replace(/\*\.\w+$/, ''));
  expect(committed.filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
});

test('versions are exact', () => {
  const versions = Object.entries({ ...facts.dependencies, ...facts.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const locked = (JSON.parse(lockFile) as { packages: Readonly<Record<string, Locked>> }).packages;

test('the lock file names packages and checksums, no server', () => {
  expect(lockFile).not.toContain('"resolved"');
  // Not every binary for other platforms could be looked at when the file was written.
  const foreign = ({ optional, os }: Locked) => optional && os !== undefined;
  const unchecked = Object.entries(locked).filter(([path, facts]) => path !== '' && !facts.integrity && !foreign(facts));
  expect(unchecked.map(([path]) => path)).toEqual([]);
});

test('the lock file holds the binaries of every platform, without which `npm ci` refuses', () => {
  const wanted = Object.values(locked).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  const present = new Set(Object.keys(locked).map((path) => path.replace(/^.*node_modules\//, '')));
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter((name) => !present.has(name))).toEqual([]);
});

test('no install script runs', () => {
  expect(readText('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  expect(Object.keys(facts.scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
});
