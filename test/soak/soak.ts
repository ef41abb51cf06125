import { Presets, SingleBar } from 'cli-progress';
import { createRandom } from '../../src/lib/random.ts';
import { type KafkaFixture, openKafkaFixture } from '../support/faults/kafka-fixture.ts';
import { eventually } from '../support/feedpulse.ts';
import type { Mark } from './chart.ts';
import { evaluateSoak, type Outcome } from './evaluate.ts';
import { planFaults, type Subject } from './faults.ts';
import { startLoad } from './load.ts';
import { trendText, writeReport } from './report.ts';
import { startSampler } from './sampler.ts';

export interface SoakOptions {
  readonly minutes: number;
  /** Messages a second. */
  readonly rate: number;
  readonly seed: number;
  /** Where the report goes. */
  readonly out: string;
  readonly faults: boolean;
}

const topic = 'soak';
const lastSeconds = 600;

/** Loads a real process through a real broker, breaks things, and reports. Resolves to whether all was well. */
export async function soak(options: SoakOptions): Promise<boolean> {
  const stage = await openKafkaFixture();
  const breakOff = (): void => void stage.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, breakOff);
  try {
    const outcome = await run(stage, options);
    const result = evaluateSoak(outcome);
    const page = await writeReport(options.out, outcome, result);
    const { found } = outcome;
    process.stdout.write(
      [
        `${outcome.sent} messages, ${outcome.faults.length} faults, seed ${options.seed}`,
        `  lost ${found.lost}, duplicated ${found.duplicated}, unexpected ${found.unexpected}, wrong buckets ${found.wrongBuckets}`,
        `  malformed ${outcome.malformed.length}, dead letters ${outcome.deadLetters.length}`,
        `  memory ${trendText(result.memory, 'MB')}; the longest life ${result.lifeMinutes.toFixed(1)} min, at most ${result.highestMegabytes.toFixed(0)} MB`,
        `  handles ${trendText(result.handles, 'handles')}`,
        `  ${page}`,
        ...result.failures.map((failure) => `FAILED: ${failure}`),
        '',
      ].join('\n'),
    );
    return result.failures.length === 0;
  } finally {
    await stage.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, breakOff);
  }
}

async function run(stage: KafkaFixture, options: SoakOptions): Promise<Outcome> {
  const { minutes, rate, seed } = options;
  await stage.admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
  const subject = await startSubject(stage, rate);
  const producer = stage.client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const load = startLoad(producer, topic, rate, createRandom(seed));
  const sampler = startSampler(stage, topic, subject);
  const bar = showProgress(minutes * 60, () => `${load.sent()} sent, lag ${sampler.readings.at(-1)?.lag ?? '–'}`);
  let played: Mark[] = [];
  try {
    played = await playFaults(stage, subject, options).finally(load.stop);
    await eventually('everything is committed', lastSeconds, async () => isAlive(subject) && (await lagOf(stage)) === 0);
  } finally {
    await sampler.stop();
    bar.stop();
    await producer.disconnect();
  }
  const code = await subject.process.stop();
  if (code !== 0) throw new Error(`the process ended with ${code}`);
  return {
    minutes,
    seed,
    rate,
    sent: load.sent(),
    faults: played,
    readings: sampler.readings,
    found: await stage.audit(topic, load.deliveries),
    malformed: load.malformed,
    deadLetters: await deadLettersOf(stage),
  };
}

/** Plays the faults at their times, and resolves at the end of the run to what was played. */
async function playFaults(stage: KafkaFixture, subject: Subject, { minutes, seed, faults }: SoakOptions): Promise<Mark[]> {
  const elapsed = stopwatch();
  const random = createRandom(seed + 1);
  const played: Mark[] = [];
  for (const { at, fault } of faults ? planFaults(minutes * 60, random) : []) {
    await sleepUntil(() => isAlive(subject) && elapsed() >= at);
    played.push({ seconds: elapsed(), name: fault.name, sign: fault.sign });
    await fault.play(stage, topic, subject, random);
  }
  await sleepUntil(() => isAlive(subject) && elapsed() >= minutes * 60);
  return played;
}

/** True; throws when the process has ended by itself, which a fault that starts another would hide. */
function isAlive({ process: { pid, log } }: Subject): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    throw new Error(`the process ended by itself:\n${log()}`, { cause });
  }
}

/** Seconds since now. */
function stopwatch(): () => number {
  const startedAt = Date.now();
  return () => (Date.now() - startedAt) / 1_000;
}

async function startSubject(stage: KafkaFixture, rate: number): Promise<Subject> {
  // The default cache of scores takes ten minutes to fill, which would pass for a leak; this one takes one.
  const env = { FEEDPULSE_LOG_LEVEL: 'warn', FEEDPULSE_MODEL_CACHE_SIZE: `${Math.ceil(rate * 60)}` };
  const subject: Subject = {
    process: await stage.consume(topic, env),
    start: async () => {
      subject.process = await stage.consume(topic, env);
      // One that finds no broker at its start gives up within a minute, for its supervisor to see.
      await eventually('the process reads', 90, async () => (await subject.process.get<{ ready: boolean }>('/readyz')).ready);
    },
  };
  return subject;
}

async function lagOf(stage: KafkaFixture): Promise<number> {
  return (await stage.progress(topic)).reduce((sum, { committed, end }) => sum + end - committed, 0);
}

/** The messages that have a dead letter, byte for byte; one that was delivered twice may have two. */
async function deadLettersOf(stage: KafkaFixture): Promise<string[]> {
  const letters = `${topic}.dead`;
  if (!(await stage.admin.listTopics()).includes(letters)) return [];
  const end = (await stage.admin.fetchTopicOffsets(letters)).reduce((sum, { high }) => sum + Number(high), 0);
  const found = new Set<string>();
  let read = 0;
  const consumer = stage.client.consumer({ groupId: 'soak letters' });
  await consumer.connect();
  await consumer.subscribe({ topic: letters, fromBeginning: true });
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

function showProgress(seconds: number, what: () => string): { stop(): void } {
  const elapsed = stopwatch();
  if (!process.stderr.isTTY) return { stop: () => {} };
  const bar = new SingleBar(
    { format: 'Soak {bar} {value}/{total} s · {what}', stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(Math.round(seconds), 0, { what: '' });
  const timer = setInterval(() => bar.update(Math.min(Math.round(seconds), Math.round(elapsed())), { what: what() }), 1_000);
  return {
    stop: () => {
      clearInterval(timer);
      bar.stop();
    },
  };
}

async function sleepUntil(isTime: () => boolean): Promise<void> {
  while (!isTime()) await new Promise((resolve) => setTimeout(resolve, 200));
}
