import { addAbortSignal, type Readable } from 'node:stream';
import type { MappingInput } from '../../../config/mapping.ts';
import type { Source } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter.ts';
import { compileMapping } from '../../mapping/parse-message.ts';
import { countForChunk, chunkSize as defaultChunkSize, type OnSkip, processChunk, type RawMessage } from '../process-chunk.ts';
import { readMessageLines } from './input-format.ts';
import { isBlank, isTruncated, type Line, readLines } from './read-lines.ts';

export interface NdjsonSourceOptions {
  /** One JSON post per line, in UTF-8. */
  readonly input: NodeJS.ReadableStream;
  /** Name of the source. */
  readonly name: string;
  /** Name of the input; positions have the topic `<name>:<file>`. */
  readonly file: string;
  readonly mapping: MappingInput;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  readonly onSkip?: OnSkip;
  /** Maximum lines per chunk. */
  readonly chunkSize?: number;
}

/** Two, so that neither the model nor the database idles while the other works. */
const maxChunksInFlight = 2;

/** Send a chunk once this many bytes are buffered. */
const maxBufferedBytes = 4 * 1_048_576;

/**
 * Reads one post per line from a file or a pipe; line numbers are the offsets. While two chunks are in flight, one more
 * chunk of lines is gathered; then the stream is paused. Blank lines are skipped.
 * `run` rejects with FILE_INACCESSIBLE if the stream fails, and with USAGE if it is compressed, a JSON array, or in another
 * format without one message per line.
 */
export function createNdjsonSource(options: NdjsonSourceOptions): Source<SourceRecord> {
  const { input, name, file, deadLetters, clock, onSkip, chunkSize = defaultChunkSize } = options;
  const mapping = compileMapping(options.mapping);
  const toMessage = (line: Line): RawMessage => ({
    bytes: line.bytes,
    timestamp: clock.now(),
    position: { topic: `${name}:${file}`, partition: 0, offset: String(line.number) },
    ...(isTruncated(line) ? { truncatedFrom: line.size } : {}),
  });

  const run: Source<SourceRecord>['run'] = async (emit, signal) => {
    const buffered: RawMessage[] = [];
    let bytes = 0;
    let inFlight = 0;
    let failure: Error | undefined;
    /** Wakes the reader, which waits for a chunk to finish. */
    let wake = (): void => {};
    signal.addEventListener('abort', () => wake(), { once: true });
    const isRunning = () => !failure && !signal.aborted;
    const chunkFinished = () => new Promise<void>((resolve) => (wake = resolve));
    const finishChunk = (error?: Error): void => {
      inFlight -= 1;
      failure ??= error;
      send();
      wake();
    };
    const send = (): void => {
      while (isRunning() && buffered.length > 0 && inFlight < maxChunksInFlight) {
        const chunk = buffered.splice(0, countForChunk(buffered, sizeOf, mapping, chunkSize));
        bytes -= totalBytes(chunk);
        inFlight += 1;
        processChunk(chunk, { mapping, deadLetters, clock, emit, ...(onSkip && { onSkip }) }).then(
          () => finishChunk(),
          (thrown) => finishChunk(asError(thrown)),
        );
      }
    };
    for await (const lines of untilAborted(readLines(readMessageLines(input)), input, signal)) {
      for (const line of lines) {
        if (isBlank(line)) continue;
        const message = toMessage(line);
        buffered.push(message);
        bytes += message.bytes.length;
        if (buffered.length >= chunkSize || bytes >= maxBufferedBytes) send();
        while (isRunning() && (buffered.length >= chunkSize || bytes >= maxBufferedBytes)) await chunkFinished();
      }
      send();
      if (!isRunning()) break;
    }
    while (inFlight > 0 || (buffered.length > 0 && isRunning())) await chunkFinished();
    if (failure) throw failure;
  };
  return { name, run, healthIssue: () => undefined };
}

/** Ends without an error when the signal is aborted, even while the stream delivers nothing. */
async function* untilAborted<T>(values: AsyncGenerator<T>, input: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<T> {
  // Node's streams are Readables; NodeJS.ReadableStream lacks what aborting needs.
  addAbortSignal(signal, input as Readable);
  try {
    for await (const value of values) yield value;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

const sizeOf = ({ bytes }: RawMessage): number => bytes.length;
const totalBytes = (chunk: readonly RawMessage[]): number => chunk.reduce((sum, message) => sum + sizeOf(message), 0);
