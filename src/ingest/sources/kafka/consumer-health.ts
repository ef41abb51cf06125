import type { Clock } from '../../../lib/clock.ts';

/** What /readyz may say of the feed. */
export interface KafkaHealth {
  /** The feed cannot read, for this reason. */
  cannotRead(reason: string): void;
  /** The group was joined. */
  joined(): void;
  /** The broker answered. */
  answered(): void;
  /** A batch is being worked on; call the result when it ends. */
  working(): () => void;
  /** A slice was committed. */
  progressed(): void;
  /** A sentence when something is wrong. */
  trouble(): string | undefined;
}

/** Longer than the slowest healthy slice or silence of a broker, in milliseconds. */
const patience = 60_000;

export function createKafkaHealth(clock: Pick<Clock, 'now'>): KafkaHealth {
  let reason: string | undefined = 'The Kafka feed has not started.';
  let lastAnswer = clock.now();
  let lastProgress = clock.now();
  let working = 0;
  return {
    cannotRead: (why) => {
      reason = why;
    },
    joined: () => {
      reason = undefined;
      lastAnswer = clock.now();
    },
    answered: () => {
      lastAnswer = clock.now();
    },
    working: () => {
      if (working === 0) lastProgress = clock.now();
      working += 1;
      return () => {
        working -= 1;
        lastAnswer = clock.now();
      };
    },
    progressed: () => {
      lastProgress = clock.now();
    },
    trouble: () => {
      if (reason !== undefined) return reason;
      const now = clock.now();
      if (working > 0 && now - lastProgress > patience)
        return `Posts are waiting, and none became durable for ${seconds(now - lastProgress)} seconds.`;
      if (working === 0 && now - lastAnswer > patience) return `Kafka has not answered for ${seconds(now - lastAnswer)} seconds.`;
      return undefined;
    },
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
