import { asError, FeedpulseError } from '../../../lib/errors.ts';

/** Longer lines are truncated to this many bytes. */
const defaultMaxLineBytes = 1_048_576;
const newline = 0x0a;
const carriageReturn = 0x0d;

export interface Line {
  /** Without the line ending; only the beginning of a line above the limit. */
  readonly bytes: Buffer;
  /** The size of the whole line in bytes. */
  readonly size: number;
  /** From 1. */
  readonly number: number;
}

/**
 * Splits a stream into lines, as bytes. Yields the lines completed by each stream chunk together. Lines over
 * `maxLineBytes` (default 1 MiB) are truncated. @throws FILE_INACCESSIBLE if the stream fails
 */
export async function* readLines(input: NodeJS.ReadableStream, maxLineBytes = defaultMaxLineBytes): AsyncGenerator<readonly Line[]> {
  /** The parts of the line that is not complete yet. */
  let parts: Buffer[] = [];
  let size = 0;
  let number = 0;
  const add = (part: Buffer): void => {
    if (size < maxLineBytes && part.length > 0) parts.push(part.subarray(0, maxLineBytes - size));
    size += part.length;
  };
  const completeLine = (): Line => {
    const [first, ...others] = parts;
    const bytes = first && others.length === 0 ? first : Buffer.concat(parts);
    number += 1;
    const line = { bytes: bytes.at(-1) === carriageReturn && bytes.length === size ? bytes.subarray(0, -1) : bytes, size, number };
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of chunksOf(input)) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      add(bytes.subarray(start, end));
      lines.push(completeLine());
      start = end + 1;
    }
    add(bytes.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [completeLine()];
}

async function* chunksOf(input: NodeJS.ReadableStream): AsyncGenerator<string | Buffer> {
  try {
    yield* input;
  } catch (thrown) {
    throw new FeedpulseError('FILE_INACCESSIBLE', `Reading lines failed: ${asError(thrown).message}.`, { cause: thrown });
  }
}
