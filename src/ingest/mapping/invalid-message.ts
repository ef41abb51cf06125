import type { DeadLetterReason } from '../dead-letters/dead-letter-reason.ts';

/** Thrown inside the parser when a message cannot become a post; never leaves it. */
export class InvalidMessage extends Error {
  readonly reason: DeadLetterReason;

  constructor(reason: DeadLetterReason) {
    super(reason);
    this.name = 'Refused';
    this.reason = reason;
  }
}
