import { type KafkaFixture, sleep } from '../support/faults/kafka-fixture.ts';
import type { RunningFeedpulse } from '../support/feedpulse.ts';

/** The process under load; a fault may replace it. */
export interface ProcessUnderTest {
  process: RunningFeedpulse;
  start(): Promise<void>;
}

interface Fault {
  readonly name: string;
  /** Letter in the charts. */
  readonly symbol: string;
  /** Whether the process survives. */
  readonly keepsProcess: boolean;
  inject(fixture: KafkaFixture, topic: string, target: ProcessUnderTest, random: () => number): Promise<void>;
}

const faults: readonly Fault[] = [
  {
    name: 'process killed',
    symbol: 'K',
    keepsProcess: false,
    inject: async (_fixture, _topic, target) => {
      await target.process.kill();
      await target.start();
    },
  },
  {
    name: 'process stopped and started',
    symbol: 'T',
    keepsProcess: false,
    inject: async (_fixture, _topic, target) => {
      await stopGracefully(target);
      await target.start();
    },
  },
  {
    name: 'offsets reset',
    symbol: 'O',
    keepsProcess: false,
    inject: async (fixture, topic, target, random) => {
      await stopGracefully(target);
      const progress = await fixture.progress(topic);
      const partitions = progress.map(({ partition, committed }) => ({
        partition,
        offset: `${Math.floor(committed * (0.9 + 0.1 * random()))}`,
      }));
      await fixture.admin.setOffsets({ groupId: fixture.groupId(topic), topic, partitions });
      await target.start();
    },
  },
  {
    name: 'broker stalled',
    symbol: 'S',
    keepsProcess: true,
    inject: async (fixture, _topic, _target, random) => {
      fixture.kafka.pause();
      await sleep(3_000 + random() * 12_000);
      fixture.kafka.resume();
    },
  },
  {
    name: 'broker killed',
    symbol: 'B',
    keepsProcess: true,
    inject: async (fixture, _topic, _target, random) => {
      fixture.kafka.kill();
      await sleep(1_000 + random() * 4_000);
      await fixture.kafka.restart();
    },
  },
];

async function stopGracefully({ process }: ProcessUnderTest): Promise<void> {
  const code = await process.stop();
  if (code !== 0) throw new Error(`the process exited with ${code} after SIGTERM:\n${process.log()}`);
}

/** The faults of a run, each with its start in seconds. Faults that end the process occur only in the first quarter. */
export function planFaults(seconds: number, random: () => number): { readonly at: number; readonly fault: Fault }[] {
  const planned: { at: number; fault: Fault }[] = [];
  // None in the last minute, so that the run ends in a steady state.
  for (let at = 30 + random() * 30; at < seconds - 60; at += 30 + random() * 45) {
    const possible = faults.filter(({ keepsProcess }) => keepsProcess || at < seconds / 4);
    const fault = possible[Math.floor(random() * possible.length)];
    if (fault) planned.push({ at, fault });
  }
  return planned;
}
