import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { benchTexts } from '../lib/posts.mjs';

const support = fileURLToPath(new URL('../../test/support/feedpulse.ts', import.meta.url));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const dayMs = 86_400_000;

/** The requests, with the share of ingestion that they may cost. Each asks about another brand and another time. */
const loadsOf = ({ brands, from, to }) => {
  const end = Date.parse(to);
  const brandOf = (number) => brands[number % brands.length];
  const url = (path, brand, length, until = end, more = {}) =>
    `/api/v1/${path}?${new URLSearchParams({ brand, from: new Date(until - length).toISOString(), to: new Date(until).toISOString(), ...more })}`;
  const year = end - Date.parse(from);
  return [
    { name: 'summary', limit: 0.15, at: (number) => url('summary', brandOf(number), 7 * dayMs, end - (number % 300) * dayMs) },
    { name: 'trends', limit: 0.15, at: (number) => url('trends', brandOf(number), year, end, { grain: 'day' }) },
    { name: 'posts', limit: 0.15, at: (number) => url('posts', brandOf(number), 7 * dayMs, end - (number % 300) * dayMs) },
    { name: 'drivers', limit: 0.3, at: (number) => url('drivers', brandOf(number), 7 * dayMs, end - (number % 300) * dayMs) },
  ];
};

/** Ingestion alone and under each load, in turns, so that a slow minute of the machine hits both. */
export async function measureLoad(history, { connections, seconds, rounds, only, memoryMib, cpus }) {
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-load-'));
  const limits = createCgroup({ memoryMib, cpus });
  const { startFeedpulse } = (await runnerImport(support)).module;
  let running;
  try {
    await cp(history.folder, join(folder, 'data'), { recursive: true });
    // As many as the model could score in the whole time, on any machine.
    const feed = await writeFeed(join(folder, 'feed.ndjson'), 400_000);
    const env = { FEEDPULSE_SERVER_REQUESTS_PER_MINUTE: '1000000', FEEDPULSE_MODEL_CACHE_SIZE: '0', FEEDPULSE_LOG_LEVEL: 'warn' };
    const start = () => startFeedpulse(['--source', 'ndjson', '--in', feed, '--data-dir', join(folder, 'data')], env);
    running = await limits.within(start);
    const memory = sampleMemory(running.pid);
    await sleep(15_000); // the first rows, and the engine's caches
    const before = memory.peak();
    const measured = [];
    for (const load of loadsOf(history).filter(({ name }) => only === undefined || name === only)) {
      const runs = [];
      for (let round = 0; round < rounds; round += 1) {
        const before = await ingestRate(running, seconds / 2);
        const requests = startRequests(running.url, load, connections);
        await sleep(2_000); // until a burst that costs ingestion nothing is over
        const loaded = await ingestRate(running, seconds);
        const result = await requests.stop();
        const after = await ingestRate(running, seconds / 2);
        const perCpuSecond = (before.perCpuSecond + after.perCpuSecond) / 2;
        runs.push({
          idle: (before.perSecond + after.perSecond) / 2,
          loaded: loaded.perSecond,
          loss: 1 - loaded.perCpuSecond / perCpuSecond,
          ...result,
        });
      }
      const { name, limit } = load;
      const [middle] = runs.sort((a, b) => a.loss - b.loss).slice(Math.floor(rounds / 2));
      measured.push({ name, limit, ...middle });
      process.stderr.write(`… ${name}: ${runs.map(({ loss }) => loss.toFixed(3)).join(' ')}, peak ${Math.round(memory.peak())} MB\n`);
    }
    return { loads: measured, residentMegabytes: { before, peak: memory.stop() } };
  } finally {
    await running?.kill();
    limits.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFeed(path, count) {
  const texts = benchTexts(20_000);
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ platform: 'bench', id: String(index), text: texts[index % texts.length], lang: 'en' }),
  );
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** Rows are written a few hundred at a time, so the rate is taken between the first and the last of at least this many writes. */
const minWrites = 4;

/** Ticks of the CPU times in /proc: USER_HZ, which is 100 on Linux. */
const ticksPerSecond = 100;

/** CPU seconds that a process has used. */
function cpuSecondsOf(pid) {
  // The name of the program, in parentheses, may contain spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/**
 * Rows that became durable, over `seconds` or longer: per second, and per CPU second of the process, queries included. The
 * latter does not depend on what else the machine does; where ingestion uses all CPU time, both fall by the same share.
 */
async function ingestRate(running, seconds) {
  const startedAt = performance.now();
  const writes = [];
  for (let before; writes.length < minWrites || performance.now() - startedAt < seconds * 1_000; ) {
    const rows = await running.metric('feedpulse_rows_written_total');
    if (before !== undefined && rows !== before) writes.push({ rows, at: performance.now(), cpu: cpuSecondsOf(running.pid) });
    before = rows;
    await sleep(50);
  }
  const [first, last] = [writes[0], writes.at(-1)];
  const rows = last.rows - first.rows;
  return { perSecond: (1_000 * rows) / (last.at - first.at), perCpuSecond: rows / (last.cpu - first.cpu) };
}

/** Requests on each connection, one after the other, until `stop`. */
function startRequests(url, load, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const startedAt = performance.now();
  const [times, statuses] = [[], {}];
  let isRunning = true;
  let number = 0;
  const repeat = async () => {
    while (isRunning) {
      const sentAt = performance.now();
      const { status, retryAfter } = await request(`${url}${load.at(number++)}`, agent);
      statuses[status] = (statuses[status] ?? 0) + 1;
      times.push(performance.now() - sentAt);
      if (status !== 200) await sleep(1_000 * retryAfter);
    }
  };
  const all = Promise.all(Array.from({ length: connections }, repeat));
  return {
    stop: async () => {
      const seconds = (performance.now() - startedAt) / 1_000;
      isRunning = false;
      const answered = times.length;
      await all;
      agent.destroy();
      times.sort((a, b) => a - b);
      const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
      return { requestsPerSecond: answered / seconds, p50: at(0.5), p95: at(0.95), statuses };
    },
  };
}

const request = (url, agent) =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode, retryAfter: Number(response.headers['retry-after'] ?? 1) }));
    }).once('error', reject);
  });

/** The resident memory of a process in MB, as Linux reports it. */
function sampleMemory(pid) {
  let peak = 0;
  const sample = () => {
    const status = `/proc/${pid}/status`;
    if (existsSync(status)) peak = Math.max(peak, (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) * 1_024) / 1e6);
  };
  const timer = setInterval(sample, 100);
  return {
    peak: () => peak,
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** A cgroup (v1 or v2) in which a program is started; without limits, none. */
function createCgroup({ memoryMib, cpus }) {
  if (!memoryMib && !cpus) return { within: (start) => start(), remove: () => {} };
  const isV1 = existsSync('/sys/fs/cgroup/memory/cgroup.procs');
  const name = `feedpulse-load-${process.pid}`;
  const dirs = isV1 ? { memory: `/sys/fs/cgroup/memory/${name}`, cpu: `/sys/fs/cgroup/cpu/${name}` } : { all: `/sys/fs/cgroup/${name}` };
  for (const dir of Object.values(dirs)) mkdirSync(dir);
  if (memoryMib) writeFileSync(isV1 ? `${dirs.memory}/memory.limit_in_bytes` : `${dirs.all}/memory.max`, String(memoryMib * 2 ** 20));
  if (cpus && isV1) writeFileSync(`${dirs.cpu}/cpu.cfs_quota_us`, String(cpus * 100_000));
  if (cpus && !isV1) writeFileSync(`${dirs.all}/cpu.max`, `${cpus * 100_000} 100000`);
  const move = (dir, pid) => writeFileSync(`${dir}/cgroup.procs`, String(pid));
  return {
    /** The program inherits the cgroup of this process, which returns to its own. */
    within: async (start) => {
      const own = readFileSync('/proc/self/cgroup', 'utf8');
      for (const dir of Object.values(dirs)) move(dir, process.pid);
      const started = start();
      for (const [kind, dir] of Object.entries(dirs)) {
        const path = new RegExp(`^\\d+:${kind === 'all' ? '' : `[^:]*\\b${kind}\\b[^:]*`}:(.*)$`, 'm').exec(own)?.[1] ?? '/';
        move(kind === 'all' ? `/sys/fs/cgroup${path}` : join(dir, '..', path), process.pid);
      }
      return started;
    },
    remove: () => {
      for (const dir of Object.values(dirs)) rmdirSync(dir);
    },
  };
}
