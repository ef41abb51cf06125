import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

const refused = [
  ['src/sink/tried.ts', '../infer/clean.ts'],
  ['src/ingest/demo/tried.ts', '../../sink/writer.ts'],
  ['src/infer/tried.ts', '../pipeline.ts'],
  ['src/trends/tried.ts', '../server/server.ts'],
  ['src/alerts/tried.ts', '../trends/timeline.ts'],
  ['src/server/tried.ts', '../cli/main.ts'],
  ['src/web/tried.ts', '../server/server.ts'],
  ['src/tried.ts', './sink/writer.ts'],
  ['scripts/tried.mjs', 'commander'],
] as const;

const allowed = [
  ['src/sink/allowed.ts', '../post.ts'],
  ['src/ingest/demo/allowed.ts', '../../clock.ts'],
  ['src/server/allowed.ts', '../trends/timeline.ts'],
  ['src/cli/allowed.ts', '../sink/writer.ts'],
  ['src/server/alerted.ts', '../alerts/backtest.ts'],
  ['src/pipeline.ts', './sink/writer.ts'],
  ['src/web/allowed.ts', '../post.ts'],
  ['scripts/allowed.mjs', 'node:fs'],
] as const;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-rooms-'));
  await copyFile(`${repository}biome.json`, join(folder, 'biome.json'));
  for (const [path, imported] of [...refused, ...allowed]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `import { thing } from '${imported}';\n\nexport const kept = thing;\n`);
  }
  await writeFile(join(folder, 'src/one.ts'), "import { two } from './two.ts';\n\nexport const one = () => two;\n");
  await writeFile(join(folder, 'src/two.ts'), "import { one } from './one.ts';\n\nexport const two = () => one;\n");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What this repository's rules say of the file. */
function lint(path: string): string {
  const biome = `${repository}node_modules/@biomejs/biome/bin/biome`;
  const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', '--vcs-enabled=false', path], { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

test.each(refused)('%s may not import %s', (path) => {
  expect(lint(path)).toContain('noRestrictedImports');
});

test.each(allowed)('%s may import %s', (path) => {
  expect(lint(path)).toMatch(/Checked 1 file in .*No fixes applied/);
});

test('two files may not import each other', () => {
  expect(lint('src/one.ts')).toContain('noImportCycles');
});
