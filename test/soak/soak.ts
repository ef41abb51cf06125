import { Presets, SingleBar } from 'cli-progress';
import { createRandom } from '../../src/lib/random.ts';
import { type KafkaFixture, openKafkaFixture } from '../support/faults/kafka-fixture.ts';
import { eventually } from '../support/feedpulse.ts';
import type { Marker } from './chart.ts';
import { evaluateSoak, type SoakRun } from './evaluate.ts';
import { type ProcessUnderTest, planFaults } from './faults.ts';
import { startLoad } from './load.ts';
import { formatTrend, writeReport } from './report.ts';
import { startSampler } from './sampler.ts';

export interface SoakOptions {
  readonly minutes: number;
  /** Messages per second. */
  readonly rate: number;
  readonly seed: number;
  /** Report directory. */
  readonly out: string;
  readonly faults: boolean;
}

const topic = 'soak';
const drainTimeoutSeconds = 600;

/** Puts a process under load through a Kafka broker, injects faults and writes a report. Resolves to whether the run passed. */
export async function soak(options: SoakOptions): Promise<boolean> {
  const fixture = await openKafkaFixture();
  const abort = (): void => void fixture.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abort);
  try {
    const soakRun = await run(fixture, options);
    const result = evaluateSoak(soakRun);
    const page = await writeReport(options.out, soakRun, result);
    const { audit } = soakRun;
    process.stdout.write(
      [
        `${soakRun.sent} messages, ${soakRun.faults.length} faults, seed ${options.seed}`,
        `  lost ${audit.lost}, duplicated ${audit.duplicated}, unexpected ${audit.unexpected}, wrong buckets ${audit.wrongBuckets}`,
        `  malformed ${soakRun.malformed.length}, dead letters ${soakRun.deadLetters.length}`,
        `  memory ${formatTrend(result.memory, 'MB')}; longest uptime ${result.uptimeMinutes.toFixed(1)} min, peak ${result.peakMegabytes.toFixed(0)} MB`,
        `  handles ${formatTrend(result.handles, 'handles')}`,
        `  ${page}`,
        ...result.failures.map((failure) => `FAILED: ${failure}`),
        '',
      ].join('\n'),
    );
    return result.failures.length === 0;
  } finally {
    await fixture.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, abort);
  }
}

async function run(fixture: KafkaFixture, options: SoakOptions): Promise<SoakRun> {
  const { minutes, rate, seed } = options;
  await fixture.admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
  const target = await startProcess(fixture, rate);
  const producer = fixture.client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const load = startLoad(producer, topic, rate, createRandom(seed));
  const sampler = startSampler(fixture, topic, target);
  const bar = showProgress(minutes * 60, () => `${load.sent()} sent, lag ${sampler.samples.at(-1)?.lag ?? '–'}`);
  let injected: Marker[] = [];
  try {
    injected = await injectFaults(fixture, target, options).finally(load.stop);
    await eventually('all messages are committed', drainTimeoutSeconds, async () => isRunning(target) && (await totalLag(fixture)) === 0);
  } finally {
    await sampler.stop();
    bar.stop();
    await producer.disconnect();
  }
  const code = await target.process.stop();
  if (code !== 0) throw new Error(`the process exited with ${code}`);
  return {
    minutes,
    seed,
    rate,
    sent: load.sent(),
    faults: injected,
    samples: sampler.samples,
    audit: await fixture.audit(topic, load.deliveries),
    malformed: load.malformed,
    deadLetters: await readDeadLetters(fixture),
  };
}

/** Injects the faults on schedule; resolves at the end of the run to their markers. */
async function injectFaults(fixture: KafkaFixture, target: ProcessUnderTest, { minutes, seed, faults }: SoakOptions): Promise<Marker[]> {
  const elapsed = stopwatch();
  const random = createRandom(seed + 1);
  const injected: Marker[] = [];
  for (const { at, fault } of faults ? planFaults(minutes * 60, random) : []) {
    await sleepUntil(() => isRunning(target) && elapsed() >= at);
    injected.push({ seconds: elapsed(), name: fault.name, symbol: fault.symbol });
    await fault.inject(fixture, topic, target, random);
  }
  await sleepUntil(() => isRunning(target) && elapsed() >= minutes * 60);
  return injected;
}

/** Throws if the process has exited on its own, which a fault that starts another one would hide. */
function isRunning({ process: { pid, log } }: ProcessUnderTest): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    throw new Error(`the process exited on its own:\n${log()}`, { cause });
  }
}

/** Seconds since now. */
function stopwatch(): () => number {
  const startedAt = Date.now();
  return () => (Date.now() - startedAt) / 1_000;
}

async function startProcess(fixture: KafkaFixture, rate: number): Promise<ProcessUnderTest> {
  // The default score cache fills in ten minutes, which would look like a leak; this one fills in one.
  const env = { FEEDPULSE_LOG_LEVEL: 'warn', FEEDPULSE_MODEL_CACHE_SIZE: `${Math.ceil(rate * 60)}` };
  const target: ProcessUnderTest = {
    process: await fixture.consume(topic, env),
    start: async () => {
      target.process = await fixture.consume(topic, env);
      // Without a broker the process exits after a minute.
      await eventually('the process is ready', 90, async () => (await target.process.get<{ ready: boolean }>('/readyz')).ready);
    },
  };
  return target;
}

async function totalLag(fixture: KafkaFixture): Promise<number> {
  return (await fixture.progress(topic)).reduce((sum, { committed, end }) => sum + end - committed, 0);
}

/** The distinct messages with a dead letter, byte for byte; a message that was delivered twice may have two. */
async function readDeadLetters(fixture: KafkaFixture): Promise<string[]> {
  const deadLetterTopic = `${topic}.dead`;
  if (!(await fixture.admin.listTopics()).includes(deadLetterTopic)) return [];
  const end = (await fixture.admin.fetchTopicOffsets(deadLetterTopic)).reduce((sum, { high }) => sum + Number(high), 0);
  const found = new Set<string>();
  let read = 0;
  const consumer = fixture.client.consumer({ groupId: 'soak dead letters' });
  await consumer.connect();
  await consumer.subscribe({ topic: deadLetterTopic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { value } }) => {
      read += 1;
      found.add(String(value));
    },
  });
  await eventually('the dead letters are read', 60, async () => read >= end);
  await consumer.disconnect();
  return [...found];
}

function showProgress(seconds: number, status: () => string): { stop(): void } {
  const elapsed = stopwatch();
  if (!process.stderr.isTTY) return { stop: () => {} };
  const bar = new SingleBar(
    { format: 'Soak {bar} {value}/{total} s · {status}', stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(Math.round(seconds), 0, { status: '' });
  const timer = setInterval(() => bar.update(Math.min(Math.round(seconds), Math.round(elapsed())), { status: status() }), 1_000);
  return {
    stop: () => {
      clearInterval(timer);
      bar.stop();
    },
  };
}

async function sleepUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 200));
}
