import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectories } from '../../lib/make-directories.ts';
import { createSerialQueue } from '../../lib/serial-queue.ts';
import type { DeadLetter, DeadLetterSink } from './dead-letter.ts';

/** Appends dead letters to an NDJSON file, with their bytes in base64; a `write` resolves once they are synced to disk. */
export async function createFileDeadLetterSink(path: string): Promise<DeadLetterSink> {
  await makeDirectories(dirname(path));
  const file = await open(path, 'a+', 0o600);
  await terminateLastLine(file);
  // One write at a time, so that lines do not interleave.
  const enqueue = createSerialQueue();
  const append = async (deadLetters: readonly DeadLetter[]): Promise<void> => {
    await file.appendFile(deadLetters.map(toLine).join(''));
    await file.datasync();
  };
  return {
    write: (deadLetters) => enqueue(async () => (deadLetters.length === 0 ? undefined : append(deadLetters))),
    observe: () => {},
    close: () => enqueue(() => file.close()),
  };
}

/** A crash may have truncated the last line; the next dead letter must not be appended to it. */
async function terminateLastLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== 0x0a) await file.appendFile('\n');
}

function toLine({ key, rawHeaders, bytes, ...fields }: DeadLetter): string {
  const line = {
    ...fields,
    ...(key && { key: key.toString('base64') }),
    ...(rawHeaders && { headers: rawHeaders.map(([name, value]) => [name, value.toString('base64')]) }),
    bytes: bytes.toString('base64'),
  };
  return `${JSON.stringify(line)}\n`;
}
