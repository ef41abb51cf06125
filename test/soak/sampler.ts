import { readdirSync, readFileSync } from 'node:fs';
import type { KafkaFixture } from '../support/faults/kafka-fixture.ts';
import type { Subject } from './faults.ts';

/** A second of the run; undefined where nothing could be measured, as while the process is away. */
export interface ResourceSample {
  readonly seconds: number;
  readonly pid: number;
  readonly residentMegabytes: number | undefined;
  readonly handles: number | undefined;
  readonly lag: number | undefined;
  /** Rows written by this process so far. */
  readonly rows: number | undefined;
  /** Of the event loop, in milliseconds: the 99th percentile of the last ten seconds. */
  readonly delayMs: number | undefined;
}

const everyMs = 1_000;

export interface Sampler {
  readonly readings: ResourceSample[];
  stop(): Promise<void>;
}

export function startSampler(stage: KafkaFixture, topic: string, subject: Subject): Sampler {
  const readings: ResourceSample[] = [];
  const startedAt = Date.now();
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const [rows, delay, lag] = await Promise.all([
        orNothing(subject.process.metric('feedpulse_rows_written_total')),
        orNothing(subject.process.metric('feedpulse_event_loop_delay_seconds')),
        orNothing(stage.progress(topic).then((all) => all.reduce((sum, { committed, end }) => sum + end - committed, 0))),
      ]);
      const { pid } = subject.process;
      readings.push({
        seconds: (Date.now() - startedAt) / 1_000,
        pid,
        residentMegabytes: residentOf(pid),
        handles: handlesOf(pid),
        lag,
        rows,
        delayMs: delay ? delay * 1_000 : undefined, // 0 until the first ten seconds are over
      });
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const running = run();
  return {
    readings,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

/** A broker that is away answers after its time-out; the sample does without. */
function orNothing(value: Promise<number>): Promise<number | undefined> {
  const patience = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 900).unref());
  return Promise.race([value, patience]).catch(() => undefined);
}

/** Resident memory of a process in MB (10⁶ bytes), as the kernel counts it. */
function residentOf(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : (Number(kibibytes) * 1_024) / 1e6;
  } catch {
    return undefined;
  }
}

function handlesOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}
