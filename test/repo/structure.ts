import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repository } from '../support/repository.ts';

/** Rules about the layout of the source, as functions from files to violations. `structure.test.ts` applies them. */

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const maxLines = 300;
/** A file shorter than this with a single importer usually belongs in that importer. */
const smallFileLines = 40;
export const maxSmallFiles = 20;

/** Directories of `src/`, lowest layer first. Each may import its own files and lower layers; directories in one layer must not import each other. */
const layers = [
  ['domain'],
  ['lib'],
  ['config'],
  ['ingest', 'infer', 'sink'],
  ['analytics'],
  ['alerts', 'pipeline'],
  ['server'],
  ['app'],
  ['cli'],
];
const layerIndex = new Map(layers.flatMap((dirs, layer) => dirs.map((dir) => [dir, layer] as const)));

/** All text files below some directories of the repository. */
export function readSources(dirs: readonly string[], extensions: RegExp): SourceFile[] {
  return dirs.flatMap((dir) =>
    readdirSync(join(repository, dir), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extensions.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(repository.length))
      .filter((path) => !/node_modules|__pycache__|\/dist\//.test(path))
      .sort()
      .map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') })),
  );
}

/** Paths of the repository files that a file imports, statically or dynamically. */
function findImports({ path, text }: SourceFile, isTypeImport: (statement: string) => boolean = () => false): string[] {
  const specifiers = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b([^'";]*?)from '(\.[^']+)'|import\('(\.[^']+)'\)|(?:^|\n)import '(\.[^']+)'/g),
  ];
  return specifiers
    .filter(([, clause = '']) => !isTypeImport(clause))
    .map((match) => normalize(join(dirname(path), match[2] ?? match[3] ?? match[4] ?? '')));
}

const layerDir = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

/** Imports of a higher layer, or of another directory in the same layer. The web UI may import only `domain/`. */
export function importViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    findImports(file).flatMap((target) => {
      const [from, to] = [layerDir(file.path), layerDir(target)];
      if (from === undefined || to === undefined || from === to) return [];
      const isAllowed = from === 'web' ? to === 'domain' : (layerIndex.get(to) ?? Infinity) < (layerIndex.get(from) ?? -1);
      return isAllowed ? [] : [`${file.path} imports ${target}`];
    }),
  );
}

/** Files outside the layers and the web UI. */
export const strayFiles = (files: readonly SourceFile[]): string[] =>
  files
    .map(({ path }) => path)
    .filter((path) => path.startsWith('src/') && layerDir(path) !== 'web' && !layerIndex.has(layerDir(path) ?? ''));

/** Import cycles, each reported once, from the file where it was first reached. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const edges = new Map(files.map((file) => [file.path, findImports(file, (clause) => clause.trim().startsWith('type '))]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) return void cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path)) return;
    for (const target of edges.get(path) ?? []) if (edges.has(target)) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}

const statement =
  /\b(SELECT\s[\s\S]{1,400}?\sFROM\s|INSERT\s+INTO\s|CREATE\s+(TABLE|VIEW|DATABASE)\s|ALTER\s+TABLE\s|DELETE\s+FROM\s|TRUNCATE\s+TABLE\s|DROP\s+(TABLE|VIEW)\s|OPTIMIZE\s+TABLE\s)/;

/** SQL outside `src/sink/` and `dashboards/`. */
export const strayStatements = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => !/^(src\/sink|dashboards)\//.test(path))
    .flatMap(({ path, text }) => {
      const found = statement.exec(text);
      return found ? [`${path}: ${found[0].slice(0, 60).replaceAll(/\s+/g, ' ')}`] : [];
    });

export const longFiles = (files: readonly SourceFile[]): string[] =>
  files
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > maxLines)
    .map(({ path, lines }) => `${path}: ${lines} lines`);

/** Short files with a single importer. Entry points, which nothing imports, are not included. */
export function smallFilesWithOneImporter(files: readonly SourceFile[]): string[] {
  const importers = new Map<string, Set<string>>();
  for (const file of files)
    for (const target of findImports(file)) importers.set(target, (importers.get(target) ?? new Set()).add(file.path));
  return files
    .filter(({ path, text }) => text.split('\n').length - 1 < smallFileLines && importers.get(path)?.size === 1)
    .map(({ path }) => path);
}

/** Retired names that occur as a whole word or as the name of a file. */
export function retiredNames(files: readonly SourceFile[], retired: readonly string[]): string[] {
  const isName = new RegExp(`(?<![\\w-])(${retired.map((name) => name.replaceAll('.', '\\.')).join('|')})(?![\\w-])`);
  return files.flatMap(({ path, text }) => {
    const inPath = path.split('/').some((part) => isName.test(part.replace(/\..*$/, '')));
    const lines = text.split('\n').flatMap((line, index) => {
      const found = isName.exec(line)?.[1];
      return found ? [`${path}:${index + 1}: ${found}`] : [];
    });
    return [...(inPath ? [`${path}: its name`] : []), ...lines];
  });
}
