import { randomUUID } from 'node:crypto';
import { asError, type ErrorCode, FeedpulseError } from '../../lib/errors.ts';
import type { Channel } from './channels.ts';
import { testMessage } from './message.ts';

/** What came of a test message to a channel. */
export interface Tried {
  readonly channel: string;
  readonly taken: boolean;
  /** The code of the error, and what it says. */
  readonly code?: ErrorCode;
  readonly detail?: string;
}

/** Sends each channel a message that says it is a test, one after the other. Faults of the channels are part of the answer. */
export async function testChannels(channels: ReadonlyMap<string, Channel>, page: string, now: number): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const [channel, { send }] of channels) {
    try {
      await send(testMessage(`test-${randomUUID()}`, now, page), now);
      tried.push({ channel, taken: true });
    } catch (thrown) {
      const error = asError(thrown);
      if (!(error instanceof FeedpulseError)) throw error;
      tried.push({ channel, taken: false, code: error.code, detail: error.message });
    }
  }
  return tried;
}
