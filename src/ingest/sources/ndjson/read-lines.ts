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
export async function* readLines(
  input: AsyncIterable<string | Buffer>,
  maxLineBytes = defaultMaxLineBytes,
): AsyncGenerator<readonly Line[]> {
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
  for await (const bytes of readChunks(input)) {
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

/** The chunks of a stream as bytes. @throws FILE_INACCESSIBLE if the stream fails */
export async function* readChunks(input: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer, undefined> {
  try {
    for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (thrown) {
    if (thrown instanceof FeedpulseError) throw thrown;
    throw new FeedpulseError('FILE_INACCESSIBLE', `Reading lines failed: ${asError(thrown).message}.`, { cause: thrown });
  }
}

/** Whether `bytes` holds only the beginning of the line; a line ending alone is not counted. */
export const isTruncated = ({ bytes, size }: Pick<Line, 'bytes' | 'size'>): boolean => bytes.length < size - 1;

export const isBlank = ({ bytes }: Pick<Line, 'bytes'>): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
