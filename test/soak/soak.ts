import { Presets, SingleBar } from 'cli-progress';
import { createRandom } from '../../src/ingest/demo/random.ts';
import { type KafkaStage, openKafkaStage } from '../support/faults/kafka-stage.ts';
import { eventually } from '../support/feedpulse.ts';
import { planFaults, type Subject } from './faults.ts';
import { startLoad } from './load.ts';
import { judge, type Outcome, trendText, writeReport } from './report.ts';
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
  const stage = await openKafkaStage();
  try {
    const outcome = await run(stage, options);
    const verdict = judge(outcome);
    const page = await writeReport(options.out, outcome, verdict);
    const { found } = outcome;
    process.stdout.write(
      [
        `${outcome.sent} messages, ${outcome.faults.length} faults, seed ${options.seed}`,
        `  lost ${found.lost}, counted twice ${found.twice}, strange ${found.strange}, wrong buckets ${found.wrongBuckets}`,
        `  malformed ${outcome.malformed}, dead letters ${outcome.deadLetters}`,
        `  memory ${trendText(verdict.memory, 'MB')} over ${verdict.lifeMinutes.toFixed(1)} min, at most ${verdict.highestMegabytes.toFixed(0)} MB`,
        `  handles ${trendText(verdict.handles, 'handles')}`,
        `  ${page}`,
        ...verdict.failures.map((failure) => `FAILED: ${failure}`),
        '',
      ].join('\n'),
    );
    return verdict.failures.length === 0;
  } finally {
    await stage.close();
  }
}

async function run(stage: KafkaStage, { minutes, rate, seed, faults }: SoakOptions): Promise<Outcome> {
  const seconds = minutes * 60;
  await stage.admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
  const subject = await startSubject(stage);
  const producer = stage.client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const startedAt = Date.now();
  const elapsed = (): number => (Date.now() - startedAt) / 1_000;
  const load = startLoad(producer, topic, rate, createRandom(seed));
  const sampler = startSampler(stage, topic, subject);
  const bar = showProgress(seconds, elapsed, () => `${load.sent()} sent, lag ${sampler.readings.at(-1)?.lag ?? '–'}`);
  const random = createRandom(seed + 1);
  const played: { seconds: number; name: string }[] = [];
  for (const { at, fault } of faults ? planFaults(seconds, random) : []) {
    await sleepUntil(() => elapsed() >= at);
    played.push({ seconds: elapsed(), name: fault.name });
    await fault.play(stage, topic, subject, random);
  }
  await sleepUntil(() => elapsed() >= seconds);
  await load.stop();
  await eventually('everything is committed', lastSeconds, async () => (await lagOf(stage)) === 0);
  await sampler.stop();
  bar.stop();
  await producer.disconnect();
  const code = await subject.process.stop();
  if (code !== 0) throw new Error(`the process ended with ${code}`);
  return {
    minutes,
    seed,
    rate,
    sent: load.sent(),
    faults: played,
    readings: sampler.readings,
    found: await stage.auditOf(topic, load.deliveries),
    malformed: load.malformed(),
    deadLetters: await deadLetterPositions(stage),
  };
}

async function startSubject(stage: KafkaStage): Promise<Subject> {
  const env = { FEEDPULSE_LOG_LEVEL: 'warn' };
  const subject: Subject = {
    process: await stage.consume(topic, env),
    start: async () => {
      subject.process = await stage.consume(topic, env);
    },
  };
  return subject;
}

async function lagOf(stage: KafkaStage): Promise<number> {
  return (await stage.progress(topic)).reduce((sum, { committed, end }) => sum + end - committed, 0);
}

/** Messages that have a dead letter; one that was delivered twice may have two. */
async function deadLetterPositions(stage: KafkaStage): Promise<number> {
  const letters = `${topic}.dead`;
  if (!(await stage.admin.listTopics()).includes(letters)) return 0;
  const end = (await stage.admin.fetchTopicOffsets(letters)).reduce((sum, { high }) => sum + Number(high), 0);
  const positions = new Set<string>();
  let read = 0;
  const consumer = stage.client.consumer({ groupId: 'soak letters' });
  await consumer.connect();
  await consumer.subscribe({ topic: letters, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { headers } }) => {
      read += 1;
      positions.add(`${headers?.['feedpulse-partition']}/${headers?.['feedpulse-offset']}`);
    },
  });
  await eventually('the dead letters are read', 60, async () => read >= end);
  await consumer.disconnect();
  return positions.size;
}

function showProgress(seconds: number, elapsed: () => number, what: () => string): { stop(): void } {
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
