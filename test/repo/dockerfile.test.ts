import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { readText, repository } from '../support/repository.ts';

const dir = mkdtempSync(join(tmpdir(), 'feedpulse-image-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const binaries = 'node_modules/onnxruntime-node/bin';

/** Paths of the files below a directory, sorted. */
const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();

test('the image keeps the binaries of ONNX Runtime for its own platform, and no others', async () => {
  const command = /^RUN (find node_modules\/onnxruntime-node.*)$/m.exec(readText('deploy/Dockerfile'))?.[1];
  const installed = filesIn(join(repository, binaries));
  for (const path of installed) {
    mkdirSync(dirname(join(dir, binaries, path)), { recursive: true });
    writeFileSync(join(dir, binaries, path), '');
  }
  await promisify(execFile)('sh', ['-c', command ?? 'false'], { cwd: dir });
  const needed = installed.filter((path) => path.includes(`linux/${process.arch}/`));
  expect(needed.length).toBeGreaterThan(1);
  expect(installed.length).toBeGreaterThan(needed.length);
  expect(filesIn(join(dir, binaries))).toEqual(needed);
});

test('the image runs as a numeric user, which Kubernetes can tell from root, and the user owns its data directory', () => {
  const dockerfile = readText('deploy/Dockerfile');
  const user = /^USER (\d+):(\d+)$/m.exec(dockerfile);
  expect(Number(user?.[1])).toBeGreaterThan(0);
  expect(dockerfile).toContain(`chown ${user?.[1]}:${user?.[2]}`);
  // Nothing after it changes the user again.
  expect(dockerfile.match(/^USER /gm)).toHaveLength(1);
});
