import type { DeadLetterReason } from '../dead-letters/dead-letter.ts';

/** Thrown inside this folder when a message cannot become a post. */
export class InvalidMessage extends Error {
  readonly reason: DeadLetterReason;

  constructor(reason: DeadLetterReason) {
    super(reason);
    this.name = 'InvalidMessage';
    this.reason = reason;
  }
}
