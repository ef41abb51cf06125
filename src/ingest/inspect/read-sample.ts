import { FeedpulseError } from '../../lib/errors.ts';
import { checkInput, requireLines } from '../sources/ndjson/input-format.ts';
import { isBlank, readLines } from '../sources/ndjson/read-lines.ts';
import type { SampleMessage } from './analyze-sample.ts';

/** Bytes of a JSON document, which has to be read as a whole. */
const maxDocumentBytes = 64 * 1_048_576;

export interface FileSample {
  readonly messages: readonly SampleMessage[];
  /** What `run` refuses to read and this function understands. */
  readonly isDocument: boolean;
}

/**
 * The first `count` messages of a file: its lines or, in a JSON array or pretty-printed JSON, its values. `now` becomes their
 * timestamp, in milliseconds since 1970.
 * @throws USAGE for other formats without one message per line, and for a JSON document over 64 MiB; FILE_INACCESSIBLE
 */
export async function readFileSample(input: AsyncIterable<string | Buffer>, count: number, now: number): Promise<FileSample> {
  const { format, chunks } = await checkInput(input);
  if (format === 'json-array' || format === 'pretty-json') {
    const values = splitJsonValues(await readDocument(chunks), format === 'json-array' ? 1 : 0, count);
    const messages = values.map((text, index) => ({ bytes: Buffer.from(text), timestamp: now, label: `value ${index + 1}` }));
    return { messages, isDocument: true };
  }
  requireLines(format);
  const messages: SampleMessage[] = [];
  for await (const lines of readLines(chunks)) {
    for (const line of lines) if (!isBlank(line)) messages.push({ bytes: line.bytes, timestamp: now, label: `line ${line.number}` });
    if (messages.length >= count) break;
  }
  return { messages: messages.slice(0, count), isDocument: false };
}

async function readDocument(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxDocumentBytes) throw new FeedpulseError('USAGE', 'The JSON document is larger than 64 MiB; write one message per line.');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * The texts of the first `count` objects and arrays at a depth of JSON: 0 for values that follow each other, 1 for the items
 * of an array. Cutting the text, rather than parsing it, keeps the digits of large numbers.
 */
export function splitJsonValues(text: string, depth: number, count: number): string[] {
  const values: string[] = [];
  let level = 0;
  let start = 0;
  // Strings as a whole, so that brackets inside them do not count.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/gs)) {
    if (token === '{' || token === '[') {
      if (level === depth) start = index;
      level += 1;
    } else if (token === '}' || token === ']') {
      level -= 1;
      if (level === depth) values.push(text.slice(start, index + 1));
      if (values.length >= count) break;
    }
  }
  return values;
}
