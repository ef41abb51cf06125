import { asError, FeedpulseError } from '../../../lib/errors.ts';

/** Bytes of a line that are kept. Memory stays bounded whatever the stream holds. */
const usualLongest = 1_048_576;
const newline = 0x0a;
const carriageReturn = 0x0d;

export interface Line {
  /** Without its line end; only the beginning of a line that is longer than the reader keeps. */
  readonly bytes: Buffer;
  /** Bytes of the whole line. */
  readonly size: number;
  /** From 1. */
  readonly number: number;
}

/**
 * The lines of a stream, as bytes: those that one chunk completed come together, and come at once. Of a longer
 * line the first `longestLine` bytes are kept, a mebibyte unless told. Throws FILE_UNREADABLE when the stream breaks.
 */
export async function* readLines(input: NodeJS.ReadableStream, longestLine = usualLongest): AsyncGenerator<readonly Line[]> {
  /** The line that is not complete yet. */
  let parts: Buffer[] = [];
  let size = 0;
  let number = 0;
  const add = (part: Buffer): void => {
    if (size < longestLine && part.length > 0) parts.push(part.subarray(0, longestLine - size));
    size += part.length;
  };
  const finish = (): Line => {
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
      lines.push(finish());
      start = end + 1;
    }
    add(bytes.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [finish()];
}

async function* chunksOf(input: NodeJS.ReadableStream): AsyncGenerator<string | Buffer> {
  try {
    yield* input;
  } catch (thrown) {
    throw new FeedpulseError('FILE_UNREADABLE', `The feed of lines broke off: ${asError(thrown).message}`, { cause: thrown });
  }
}
