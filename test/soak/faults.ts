import { type KafkaFixture, sleep } from '../support/faults/kafka-fixture.ts';
import type { RunningFeedpulse } from '../support/feedpulse.ts';

/** The process under load; a fault may put another in its place. */
export interface Subject {
  process: RunningFeedpulse;
  start(): Promise<void>;
}

interface Fault {
  readonly name: string;
  /** A letter for it, for the plots. */
  readonly sign: string;
  /** Whether the process lives through it. */
  readonly survived: boolean;
  play(stage: KafkaFixture, topic: string, subject: Subject, random: () => number): Promise<void>;
}

const faults: readonly Fault[] = [
  {
    name: 'process killed',
    sign: 'K',
    survived: false,
    play: async (_stage, _topic, subject) => {
      await subject.process.kill();
      await subject.start();
    },
  },
  {
    name: 'process stopped and started',
    sign: 'T',
    survived: false,
    play: async (_stage, _topic, subject) => {
      await stopInOrder(subject);
      await subject.start();
    },
  },
  {
    name: 'offsets set back',
    sign: 'O',
    survived: false,
    play: async (stage, topic, subject, random) => {
      await stopInOrder(subject);
      const progress = await stage.progress(topic);
      const partitions = progress.map(({ partition, committed }) => ({
        partition,
        offset: `${Math.floor(committed * (0.9 + 0.1 * random()))}`,
      }));
      await stage.admin.setOffsets({ groupId: stage.groupId(topic), topic, partitions });
      await subject.start();
    },
  },
  {
    name: 'broker stalled',
    sign: 'S',
    survived: true,
    play: async (stage, _topic, _subject, random) => {
      stage.kafka.pause();
      await sleep(3_000 + random() * 12_000);
      stage.kafka.resume();
    },
  },
  {
    name: 'broker killed',
    sign: 'B',
    survived: true,
    play: async (stage, _topic, _subject, random) => {
      stage.kafka.kill();
      await sleep(1_000 + random() * 4_000);
      await stage.kafka.restart();
    },
  },
];

async function stopInOrder({ process }: Subject): Promise<void> {
  const code = await process.stop();
  if (code !== 0) throw new Error(`SIGTERM ended the process with ${code}:\n${process.log()}`);
}

/** Faults of a run, each with the second at which it begins. Those that end the process come in the first quarter alone. */
export function planFaults(seconds: number, random: () => number): { readonly at: number; readonly fault: Fault }[] {
  const planned: { at: number; fault: Fault }[] = [];
  // None in the last minute, so that the end shows a process at rest.
  for (let at = 30 + random() * 30; at < seconds - 60; at += 30 + random() * 45) {
    const possible = faults.filter(({ survived }) => survived || at < seconds / 4);
    const fault = possible[Math.floor(random() * possible.length)];
    if (fault) planned.push({ at, fault });
  }
  return planned;
}
