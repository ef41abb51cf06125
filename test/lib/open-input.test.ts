import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canReadAgain } from '../../src/lib/open-input.ts';

test('a file can be read again, and one that is missing may be there next time; a pipe and standard input cannot', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'feedpulse-input-'));
  try {
    const [file, pipe] = [join(dir, 'posts.ndjson'), join(dir, 'pipe')];
    await writeFile(file, '{}\n');
    execFileSync('mkfifo', [pipe]);
    const paths = [file, join(dir, 'missing'), pipe, '-', '/dev/stdin', '/dev/fd/0'];
    expect(await Promise.all(paths.map(canReadAgain))).toEqual([true, true, false, false, false, false]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
