import { describe, expect, test } from 'vitest';
import { retiredNames as retired } from './retired-names.ts';
import {
  importCycles,
  importViolations,
  longFiles,
  maxSmallFiles,
  readSources,
  retiredNames,
  type SourceFile,
  smallFilesWithOneImporter,
  strayFiles,
  strayStatements,
} from './structure.ts';

const source = readSources(['src'], /\.tsx?$/);
const code = readSources(['src', 'bench', 'scripts', 'bin', 'dashboards/source', 'training'], /\.(tsx?|[cm]?js|py|sql|css)$/);
const tests = readSources(['test'], /\.(ts|mjs)$/);
const file = (path: string, text = ''): SourceFile => ({ path, text });

describe('the source', () => {
  test('is found by the file scan', () => {
    expect(source.length).toBeGreaterThan(100);
    expect(code.length).toBeGreaterThan(source.length);
    expect(tests.length).toBeGreaterThan(100);
  });

  test('is divided into layers; imports go one way, without cycles', () => {
    expect(strayFiles(source)).toEqual([]);
    expect(importViolations(source)).toEqual([]);
    expect(importCycles(source)).toEqual([]);
  });

  test('keeps SQL in sink/ and dashboards/', () => {
    expect(strayStatements(source)).toEqual([]);
  });

  test('has no file over 300 lines', () => {
    expect(longFiles(code)).toEqual([]);
  });

  test('has few short files with a single importer', () => {
    const small = smallFilesWithOneImporter(source);
    expect(small.length, small.join('\n')).toBeLessThanOrEqual(maxSmallFiles);
  });

  test('uses no retired name', () => {
    // Released migrations are immutable, and renamed keys must name the old key, as must the tests of both. The list and its
    // checks contain the names themselves; an envelope is a part of SMTP; the tables of words have them all.
    const exempt =
      /^(src\/sink\/migrations\/.*\.sql|src\/config\/renamed-keys\.ts|test\/sink\/migrations\/.*|test\/config\/renamed-keys\.test\.ts|test\/repo\/(retired-names|structure\.test)\.ts|test\/support\/mailbox\.ts|src\/infer\/text\/(word|emoji)-table\.ts)$/;
    const scanned = [...code, ...tests].filter(({ path }) => !exempt.test(path));
    expect(retiredNames(scanned, retired)).toEqual([]);
  });
});

describe('the checks', () => {
  test.each([
    ['src/sink/a.ts', '../infer/text/clean.ts'],
    ['src/ingest/sources/demo/a.ts', '../../../sink/writer/writer.ts'],
    ['src/domain/a.ts', '../lib/errors.ts'],
    ['src/lib/a.ts', '../config/schema.ts'],
    ['src/analytics/a.ts', '../alerts/rules.ts'],
    ['src/alerts/a.ts', '../pipeline/pipeline.ts'],
    ['src/server/a.ts', '../app/run.ts'],
    ['src/app/a.ts', '../cli/main.ts'],
    ['src/web/a.ts', '../lib/errors.ts'],
  ])('%s may not import %s', (path, specifier) => {
    expect(importViolations([file(path, `import { x } from '${specifier}';\n`)])).toHaveLength(1);
    expect(importViolations([file(path, `import type { x } from '${specifier}';\n`)])).toHaveLength(1);
    expect(importViolations([file(path, `const x = await import('${specifier}');\n`)])).toHaveLength(1);
  });

  test.each([
    ['src/sink/a.ts', '../domain/post.ts'],
    ['src/analytics/a.ts', '../sink/queries/metrics.ts'],
    ['src/cli/commands/a.ts', '../../app/run.ts'],
    ['src/web/a.ts', '../domain/post.ts'],
    ['src/infer/text/a.ts', '../scorer.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(importViolations([file(path, `import { x } from '${specifier}';\n`)])).toEqual([]);
  });

  test('report a file outside the layers', () => {
    expect(strayFiles([file('src/helpers/a.ts'), file('src/a.ts'), file('src/lib/a.ts')])).toEqual(['src/helpers/a.ts', 'src/a.ts']);
  });

  test('report import cycles, except between types', () => {
    const cycle = [file('src/lib/a.ts', "import { b } from './b.ts';\n"), file('src/lib/b.ts', "import { a } from './a.ts';\n")];
    expect(importCycles(cycle)).toEqual(['src/lib/a.ts → src/lib/b.ts → src/lib/a.ts']);
    expect(importCycles([cycle[0] as SourceFile, file('src/lib/b.ts', "import type { a } from './a.ts';\n")])).toEqual([]);
  });

  test.each(['const q = `SELECT a,\n  b FROM posts`;', "'INSERT INTO posts VALUES'", "'ALTER TABLE posts DELETE'"])(
    'report SQL %j',
    (text) => {
      expect(strayStatements([file('src/analytics/a.ts', text)])).toHaveLength(1);
      expect(strayStatements([file('src/sink/queries/a.ts', text), file('dashboards/source/a.ts', text)])).toEqual([]);
    },
  );

  test('report a file of 301 lines', () => {
    expect(longFiles([file('src/a.ts', '\n'.repeat(301)), file('src/b.ts', '\n'.repeat(300))])).toEqual(['src/a.ts: 301 lines']);
  });

  test('report a short file with one importer, not with two', () => {
    const importer = (path: string): SourceFile => file(path, `import { a } from './a.ts';\n${'\n'.repeat(50)}`);
    expect(smallFilesWithOneImporter([file('src/lib/a.ts'), importer('src/lib/b.ts')])).toEqual(['src/lib/a.ts']);
    expect(smallFilesWithOneImporter([file('src/lib/a.ts'), importer('src/lib/b.ts'), importer('src/lib/c.ts')])).toEqual([]);
  });

  test('report a retired name as a whole word and as the name of a file', () => {
    const files = [file('src/lib/in-turn.ts', 'const verdict = 1;\nconst verdictOf = 2;\n')];
    expect(retiredNames(files, ['in-turn', 'verdict'])).toEqual(['src/lib/in-turn.ts: its name', 'src/lib/in-turn.ts:1: verdict']);
  });
});
