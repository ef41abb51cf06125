import { addAbortSignal, type Readable } from 'node:stream';
import type { FieldMapping } from '../../../config/schema.ts';
import type { Source } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter-sink.ts';
import { compileMapping } from '../../mapping/parse-post.ts';
import { processChunk, type RawMessage, sliceSize as usualSliceSize } from '../process-chunk.ts';
import { type Line, readLines } from './read-lines.ts';

export interface NdjsonSourceOptions {
  /** One JSON post a line, in UTF-8. */
  readonly input: NodeJS.ReadableStream;
  /** Names the feed in positions: `ndjson:<name>`. */
  readonly name: string;
  readonly mapping: FieldMapping;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  /** Posts of one envelope at most. */
  readonly sliceSize?: number;
}

/** So that neither the model nor the database idles while the other works. */
const slicesInFlight = 2;

/** Bytes of the lines that wait at most: long lines fill a slice sooner. */
const waitingBytes = 4 * 1_048_576;

/**
 * A feed of one post a line, from a file or a pipe; line numbers are its offsets. While two slices are in
 * flight, lines gather up to one slice more, and then the stream waits. Blank lines are passed over.
 */
export function createNdjsonSource(options: NdjsonSourceOptions): Source<SourceRecord> {
  const { input, name, deadLetters, clock, sliceSize = usualSliceSize } = options;
  const mapping = compileMapping(options.mapping);
  const toMessage = ({ bytes, size, number }: Line): RawMessage => ({
    bytes,
    timestamp: clock.now(),
    position: { topic: `ndjson:${name}`, partition: 0, offset: String(number) },
    ...(bytes.length < size - 1 ? { truncatedFrom: size } : {}),
  });

  const run: Source<SourceRecord>['run'] = async (offer, signal) => {
    const waiting: RawMessage[] = [];
    let bytes = 0;
    let inFlight = 0;
    let failure: Error | undefined;
    /** Wakes the reader, who waits for a slice to end. */
    let wake = (): void => {};
    signal.addEventListener('abort', () => wake(), { once: true });
    const goesOn = () => !failure && !signal.aborted;
    const change = () => new Promise<void>((resolve) => (wake = resolve));
    const settle = (error?: Error): void => {
      inFlight -= 1;
      failure ??= error;
      send();
      wake();
    };
    const send = (): void => {
      while (goesOn() && waiting.length > 0 && inFlight < slicesInFlight) {
        const slice = waiting.splice(0, sliceSize);
        bytes -= bytesOf(slice);
        inFlight += 1;
        processChunk(slice, { mapping, deadLetters, clock, offer }).then(
          () => settle(),
          (thrown) => settle(asError(thrown)),
        );
      }
    };
    for await (const lines of untilAborted(readLines(input), input, signal)) {
      for (const line of lines) {
        if (isBlank(line.bytes)) continue;
        const message = toMessage(line);
        waiting.push(message);
        bytes += message.bytes.length;
        if (waiting.length >= sliceSize || bytes >= waitingBytes) send();
        while (goesOn() && (waiting.length >= sliceSize || bytes >= waitingBytes)) await change();
      }
      send();
      if (!goesOn()) break;
    }
    while (inFlight > 0 || (waiting.length > 0 && goesOn())) await change();
    if (failure) throw failure;
  };
  return { name: 'ndjson', run, healthIssue: () => undefined };
}

/** Ends without an error when the signal is aborted, also while the stream is silent. */
async function* untilAborted<T>(values: AsyncGenerator<T>, input: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<T> {
  // Node's streams are Readables; the interface of the global type leaves out what aborting needs.
  addAbortSignal(signal, input as Readable);
  try {
    for await (const value of values) yield value;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

function bytesOf(slice: readonly RawMessage[]): number {
  return slice.reduce((sum, message) => sum + message.bytes.length, 0);
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
