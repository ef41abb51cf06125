import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DeadLetter, DeadLetterSink } from './dead-letters.ts';

/** Appends dead letters to an NDJSON file, their bytes in base64; a `put` resolves when they are on the disk. */
export async function createFileDeadLetters(path: string): Promise<DeadLetterSink> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a', 0o600);
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

function lineOf({ key, bytes, ...facts }: DeadLetter): string {
  return `${JSON.stringify({ ...facts, ...(key ? { key: key.toString('base64') } : {}), bytes: bytes.toString('base64') })}\n`;
}
