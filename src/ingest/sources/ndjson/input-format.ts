import { FeedpulseError } from '../../../lib/errors.ts';
import { readChunks } from './read-lines.ts';

/** Formats that look like a file of posts but hold no message per line: what they are, and how to convert them. */
const unsupported = {
  gzip: ['compressed with gzip', 'Decompress it first: `gunzip -c FILE`'],
  zstd: ['compressed with Zstandard', 'Decompress it first: `zstd -dc FILE`'],
  zip: ['a ZIP archive', 'Extract it first: `unzip -p FILE`'],
  'utf-16': ['in UTF-16', 'Convert it to UTF-8 first: `iconv -f UTF-16 -t UTF-8 FILE`'],
  'json-array': ['a JSON array', "Write one message per line first: `jq -c '.[]' FILE`"],
  'pretty-json': ['JSON that spans several lines', 'Write one message per line first: `jq -c . FILE`'],
  'server-sent-events': ['a stream of server-sent events', "Keep the data only: `sed -un 's/^data: *//p' FILE`"],
} as const;

type Unsupported = keyof typeof unsupported;
/** `text`: the first line is no JSON. */
export type InputFormat = 'ndjson' | 'text' | Unsupported;

/** Bytes at the beginning that identify the format. A longer first line is taken for a message. */
const maxHeadBytes = 65_536;
const magicNumbers: readonly (readonly [format: Unsupported, bytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['utf-16', [0xff, 0xfe]],
  ['utf-16', [0xfe, 0xff]],
];

export interface CheckedInput {
  readonly format: InputFormat;
  /** The whole input, its beginning included. */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Detects the format of a stream from its first line that is not blank, without waiting for more than that line.
 * @throws FILE_INACCESSIBLE if the stream fails
 */
export async function checkInput(input: AsyncIterable<string | Buffer>): Promise<CheckedInput> {
  const iterator = readChunks(input);
  const head: Buffer[] = [];
  let format: InputFormat | undefined;
  while (format === undefined) {
    const { done, value } = await iterator.next();
    if (!done) head.push(value);
    format = detectFormat(Buffer.concat(head), done ?? false);
  }
  return { format, chunks: resume(head, iterator) };
}

/**
 * The chunks of an input in which each line is a message.
 * @throws USAGE if the input is in a format without one message per line; FILE_INACCESSIBLE if the stream fails
 */
export async function* readMessageLines(input: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  const { format, chunks } = await checkInput(input);
  requireLines(format);
  yield* chunks;
}

/** @throws USAGE if the format is not one message, or one text, per line */
export function requireLines(format: InputFormat): asserts format is 'ndjson' | 'text' {
  if (format === 'ndjson' || format === 'text') return;
  const [description, advice] = unsupported[format];
  throw new FeedpulseError('USAGE', `The input is ${description}, not one message per line (NDJSON). ${advice}.`);
}

async function* resume(head: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* rest;
}

/** The format of an input that begins with `head`; undefined if more of it is needed. */
export function detectFormat(head: Buffer, isComplete: boolean): InputFormat | undefined {
  if (head.length < 4 && !isComplete) return undefined;
  const magic = magicNumbers.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (magic) return magic[0];
  if (isUtf16(head)) return 'utf-16';
  const lines = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n');
  // The last line may be incomplete.
  const known = isComplete ? lines : lines.slice(0, -1);
  const first = known.find((line) => line.trim() !== '')?.trim();
  if (first !== undefined) return formatOfLines(first, known);
  if (isComplete) return 'ndjson';
  return head.length >= maxHeadBytes ? formatOfLines((lines.at(-1) ?? '').trimStart(), lines) : undefined;
}

/** Without a byte order mark, every other byte of ASCII text is 0. */
function isUtf16([a, b, c, d]: Buffer): boolean {
  return (a === 0 && b !== 0 && c === 0 && d !== 0) || (a !== 0 && b === 0 && c !== 0 && d === 0);
}

function formatOfLines(first: string, lines: readonly string[]): InputFormat {
  // `[` alone begins a list; text such as `[update] it works` does not.
  if (/^\[\s*(?:$|[[{"\]\d-]|null|true|false)/.test(first)) return 'json-array';
  if (first.startsWith('{')) return isBeginningOfObject(first) ? 'pretty-json' : 'ndjson';
  if (/^(?:null|true|false|".*")$/.test(first)) return 'ndjson';
  if (isServerSentEvents(first, lines)) return 'server-sent-events';
  return 'text';
}

/** Whether an object continues on the next line. Other lines that are no JSON are malformed messages. */
function isBeginningOfObject(line: string): boolean {
  return line === '{' || (/[,:[{]$/.test(line) && line.length < maxHeadBytes && !isJson(line));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isServerSentEvents(first: string, lines: readonly string[]): boolean {
  if (/^data: ?[[{]/.test(first) || /^event: ?[\w.-]+$/.test(first)) return true;
  return /^(?::|id:|retry:)/.test(first) && lines.some((line) => /^(?:data: ?[[{]|event: ?[\w.-]+\r?$)/.test(line));
}
