import { readdirSync, readFileSync } from 'node:fs';
import type { KafkaFixture } from '../support/faults/kafka-fixture.ts';
import type { ProcessUnderTest } from './faults.ts';

/** One sample per second; values are undefined while the process is down. */
export interface ResourceSample {
  readonly seconds: number;
  readonly pid: number;
  readonly residentMegabytes: number | undefined;
  readonly handles: number | undefined;
  readonly lag: number | undefined;
  /** Rows written by this process so far. */
  readonly rows: number | undefined;
  /** Event-loop delay in ms, p99 over 10 s. */
  readonly delayMs: number | undefined;
}

const intervalMs = 1_000;

export interface Sampler {
  readonly samples: ResourceSample[];
  stop(): Promise<void>;
}

export function startSampler(fixture: KafkaFixture, topic: string, target: ProcessUnderTest): Sampler {
  const samples: ResourceSample[] = [];
  const startedAt = Date.now();
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const [rows, delay, lag] = await Promise.all([
        orUndefined(target.process.metric('feedpulse_rows_written_total')),
        orUndefined(target.process.metric('feedpulse_event_loop_delay_seconds')),
        orUndefined(fixture.progress(topic).then((all) => all.reduce((sum, { committed, end }) => sum + end - committed, 0))),
      ]);
      const { pid } = target.process;
      samples.push({
        seconds: (Date.now() - startedAt) / 1_000,
        pid,
        residentMegabytes: readResidentMegabytes(pid),
        handles: countHandles(pid),
        lag,
        rows,
        delayMs: delay ? delay * 1_000 : undefined, // 0 until the first ten seconds are over
      });
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  };
  const running = run();
  return {
    samples,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

/** Undefined if the value is not available within 900 ms. */
function orUndefined(value: Promise<number>): Promise<number | undefined> {
  const timeout = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 900).unref());
  return Promise.race([value, timeout]).catch(() => undefined);
}

/** Resident memory of a process in MB (10⁶ bytes), from the kernel. */
function readResidentMegabytes(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : (Number(kibibytes) * 1_024) / 1e6;
  } catch {
    return undefined;
  }
}

function countHandles(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}
