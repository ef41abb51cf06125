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

// The tests below check each field.
const manifest = JSON.parse(readText('package.json')) as Package;
const lockFile = readText('package-lock.json');

test('package.json has the required Node version, license, files and bin', () => {
  expect(manifest.engines.node).toBe('>=20.19');
  expect(manifest.license).toBe('MIT');
  expect(Object.values(manifest.bin).filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
  const committed = manifest.files.filter((path) => path !== 'dist/').map((path) => path.replace(/\*\.\w+$/, ''));
  expect(committed.filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
});

test('dependency versions are pinned', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
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

test('the lock file has checksums and no registry URLs', () => {
  expect(lockFile).not.toContain('"resolved"');
  // Binaries for other platforms may lack a checksum: not all could be downloaded when the file was written.
  const isForeign = ({ optional, os }: Locked) => optional && os !== undefined;
  const unchecked = Object.entries(locked).filter(([path, entry]) => path !== '' && !entry.integrity && !isForeign(entry));
  expect(unchecked.map(([path]) => path)).toEqual([]);
});

test('the lock file lists the optional packages of every platform, which `npm ci` requires', () => {
  const expected = Object.values(locked).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  const listed = new Set(Object.keys(locked).map((path) => path.replace(/^.*node_modules\//, '')));
  expect(expected.length).toBeGreaterThan(20);
  expect(expected.filter((name) => !listed.has(name))).toEqual([]);
});

test('no install script runs', () => {
  expect(readText('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
});
