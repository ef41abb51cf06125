import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DeadLetter, DeadLetterSink } from './dead-letter-sink.ts';

/** Appends dead letters to an NDJSON file, their bytes in base64; a `put` resolves when they are on the disk. */
export async function createFileDeadLetters(path: string): Promise<DeadLetterSink> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o600);
  await endLastLine(file);
  /** Puts follow one another, so that their lines never mix. */
  let last: Promise<void> = Promise.resolve();
  const append = async (letters: readonly DeadLetter[]): Promise<void> => {
    await file.appendFile(letters.map(lineOf).join(''));
    await file.datasync();
  };
  return {
    put: (letters) => {
      if (letters.length === 0) return last;
      const written = last.then(() => append(letters));
      last = written.catch(() => {}); // the caller hears of it; the next put tries anew
      return written;
    },
    observe: () => {},
    close: async () => {
      await last;
      await file.close();
    },
  };
}

/** A crash may have cut the last line off; the next letter must not become part of it. */
async function endLastLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== 0x0a) await file.appendFile('\n');
}

function lineOf({ key, bytes, ...facts }: DeadLetter): string {
  return `${JSON.stringify({ ...facts, ...(key ? { key: key.toString('base64') } : {}), bytes: bytes.toString('base64') })}\n`;
}
