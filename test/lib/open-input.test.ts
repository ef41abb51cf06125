import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { canReadAgain, openInput } from '../../src/lib/open-input.ts';

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

test('a named pipe waits for its writer, and can be closed before there is one', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'feedpulse-input-'));
  try {
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const silent = (await openInput(pipe)).stream as Readable; // Node's streams are
    silent.resume();
    setTimeout(() => silent.destroy(), 50);
    // It would not close, as the thread that opens it waits for a writer.
    await finished(silent).catch(() => {});
    expect(silent.closed).toBe(true);
    const { stream } = await openInput(pipe);
    const content = text(stream);
    await appendFile(pipe, 'one\n');
    expect(await content).toBe('one\n');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 5_000);
