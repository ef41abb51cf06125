import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { benchTexts } from '../lib/posts.mjs';

const support = (file) => runnerImport(fileURLToPath(new URL(`../../test/support/${file}`, import.meta.url)));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Kafka to ClickHouse with the real program: throughput on a filled topic, then latency at half that rate, from the
 * broker's timestamp to the acknowledged row. The score cache is off.
 */
export async function measureEndToEnd(count, model) {
  const { startKafka } = (await support('kafka.ts')).module;
  const { feedpulse, startFeedpulse } = (await support('feedpulse.ts')).module;
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-bench-'));
  const kafka = await startKafka();
  const brokers = kafka.brokers.join(',');
  const produce = (file, ...more) => feedpulse('produce', file, '--brokers', brokers, '--topic', 'bench', ...more);
  const env = {
    FEEDPULSE_KAFKA_BROKERS: brokers,
    FEEDPULSE_KAFKA_TOPIC: 'bench',
    FEEDPULSE_MODEL_PATH: model,
    FEEDPULSE_MODEL_CACHE_SIZE: '0',
    FEEDPULSE_LOG_LEVEL: 'warn',
  };
  // Four times the posts of the other parts, because the event-loop delay is updated every ten seconds.
  const fullCount = count * 4;
  const texts = benchTexts(count * 7);
  let running;
  try {
    await produce(await writePosts(join(folder, 'full.ndjson'), 'full', texts.slice(0, fullCount)));
    running = await startFeedpulse(['--source', 'kafka', '--data-dir', join(folder, 'data')], env);
    const full = await measureThroughput(running, fullCount);
    const rate = Math.floor(full.postsPerSecond / 2);
    const half = texts.slice(fullCount, fullCount + rate * 20);
    const latency = await measureLatency(running, async () => {
      await produce(await writePosts(join(folder, 'half.ndjson'), 'half', half), '--rate', String(rate));
    });
    return { ...full, halfRate: rate, ...latency, residentMegabytes: residentMegabytesOf(running.pid) };
  } finally {
    await running?.stop();
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Posts without a date, so that the broker's timestamp applies. */
async function writePosts(path, prefix, texts) {
  const lines = texts.map((text, index) => JSON.stringify({ platform: 'bench', id: `${prefix}-${index}`, text, lang: 'en' }));
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** From a fifth of the posts to all of them, which excludes start-up. */
async function measureThroughput(running, count) {
  const written = () => running.metric('feedpulse_rows_written_total');
  let [first, firstAt, rows] = [0, 0, 0];
  let eventLoopDelayMs = 0;
  while (rows < count) {
    await sleep(100);
    rows = await written();
    if (firstAt === 0 && rows >= count / 5) [first, firstAt] = [rows, performance.now()];
    if (firstAt > 0) eventLoopDelayMs = Math.max(eventLoopDelayMs, 1_000 * (await running.metric('feedpulse_event_loop_delay_seconds')));
  }
  return { postsPerSecond: (rows - first) / ((performance.now() - firstAt) / 1_000), eventLoopDelayMs };
}

/** The peak, as Linux reports it; undefined elsewhere. */
function residentMegabytesOf(pid) {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return undefined;
  return (Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))[1]) * 1_024) / 1e6;
}

/** Listens to the live stream, which carries a post as soon as its row is acknowledged. */
async function measureLatency(running, produce) {
  const stream = new AbortController();
  const delays = [];
  const listening = listen(`${running.url}/api/v1/stream`, stream.signal, (post) => delays.push(Date.now() - Date.parse(post.createdAt)));
  await produce();
  await sleep(3_000);
  stream.abort();
  await listening;
  delays.sort((a, b) => a - b);
  const at = (share) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))];
  return { latencyP50Ms: at(0.5), latencyP95Ms: at(0.95), latencyPosts: delays.length };
}

async function listen(url, signal, onPost) {
  const response = await fetch(url, { signal });
  let rest = '';
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = `${rest}${chunk}`.split('\n\n');
      rest = frames.pop();
      for (const frame of frames) if (frame.startsWith('event: post')) onPost(JSON.parse(frame.slice(frame.indexOf('data: ') + 6)));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
