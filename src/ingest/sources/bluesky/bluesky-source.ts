import type { FieldMapping } from '../../../config/schema.ts';
import type { Source, SourceProgress } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter.ts';
import { compileMapping, type SkipReason } from '../../mapping/parse-message.ts';
import { processChunk } from '../process-chunk.ts';
import { createJetstreamReader, type JetstreamReaderOptions } from './jetstream-reader.ts';

export interface BlueskySourceOptions extends Omit<JetstreamReaderOptions, 'process' | 'onFilter'> {
  readonly mapping: FieldMapping;
  readonly deadLetters: DeadLetterSink;
  /** Called for each message that is neither a post nor a dead letter. */
  onSkip?(reason: SkipReason): void;
}

/**
 * Reads the public posts of Bluesky from a Jetstream server. The cursor is saved after the posts that it covers are
 * durable; a server that cannot be reached is retried forever.
 * `run` rejects with the error of a post or a cursor that cannot become durable, and with FILE_INACCESSIBLE.
 */
export function createBlueskySource(options: BlueskySourceOptions): Source<SourceRecord> & { progress(): SourceProgress } {
  const { name, deadLetters, clock, onSkip = () => {} } = options;
  const mapping = compileMapping(options.mapping);
  let emit: Parameters<Source<SourceRecord>['run']>[0] = () => {};
  const reader = createJetstreamReader({
    ...options,
    process: (messages) => processChunk(messages, { mapping, deadLetters, clock, onSkip, emit }),
    onFilter: () => onSkip('filtered'),
  });
  return {
    name,
    run: (receive, signal) => {
      emit = receive;
      return reader.run(signal);
    },
    healthIssue: reader.healthIssue,
    progress: reader.progress,
  };
}
