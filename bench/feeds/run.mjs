import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { root, setup } from '../../scripts/setup.mjs';

const help = `Feeds a real feedpulse from two local Jetstream servers (v2 and v1) with generated Bluesky traffic, kills it,
interrupts its connections and makes it change servers, then compares its database with what every post must be. Kills
happen in the first third, so that one process lives long enough to measure its memory. Prints a table; exits with 1 if a
post is lost or counted twice, or if memory grows: the least memory of the last process in the second half of its time may
exceed that in the first half by 3%, since Node collects garbage when it likes. A run needs eight minutes after the last
kill for that; in a shorter one only posts count.

  --minutes N       duration (default: 20)
  --rate N          events per second, half of them posts (default: 300)
  --kills N         SIGKILLs (default: 10)
  --disconnects N   interruptions (default: 20); every fourth one lasts ten seconds, so that the other server is used
  --seed N          seed of the traffic (default: random)
  --port N          port of the web UI, to look at it meanwhile (default: a free one)
`;
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '300' },
    kills: { type: 'string', default: '10' },
    disconnects: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    port: { type: 'string', default: '0' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit();
}
const [minutes, rate, kills, disconnects, seed] = [values.minutes, values.rate, values.kills, values.disconnects, values.seed].map(Number);
/** As a share of the memory. */
const maxGrowth = 0.03;
const retentionMs = 10 * 60_000;

const support = async (file) => (await runnerImport(resolve(root, 'test/support', file))).module;

/** Memory of a process in MB. */
async function residentMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

/** The least memory of every two minutes, in MB, after the first two, which fill caches. */
function floors(memory) {
  const byWindow = new Map();
  for (const [at, , mb] of memory) {
    const window = Math.floor((at - memory[0][0]) / 120_000);
    if (window > 0) byWindow.set(window, Math.min(byWindow.get(window) ?? mb, mb));
  }
  return [...byWindow.values()];
}

/** By how much the least of the second half exceeds the least of the first half, as a share. Undefined with fewer than three. */
function growthOf(values) {
  if (values.length < 3) return undefined;
  const half = Math.floor(values.length / 2);
  return Math.min(...values.slice(-half)) / Math.min(...values.slice(0, half)) - 1;
}

async function openFixture() {
  const { createNetwork } = await support('jetstream/network.ts');
  const { startJetstream } = await support('jetstream/server.ts');
  const { startFeedpulse, queryDataDir, useBundledModel } = await support('feedpulse.ts');
  useBundledModel();
  const dir = await mkdtemp(join(tmpdir(), 'feedpulse-feeds-'));
  const network = createNetwork(seed);
  const near = await startJetstream({ network, protocols: ['v2'], seqOffset: 5_000 });
  const far = await startJetstream({ network, protocols: ['v1'], seqOffset: 90_000_000, latencyMs: 150, losesAtCutover: true });
  const config = join(dir, 'feedpulse.yaml');
  const brands = [{ name: 'Brixomel' }, { name: 'Kestrivo' }];
  await writeFile(
    config,
    // A cache that is still filling up would look like a leak.
    JSON.stringify({
      source: 'bluesky',
      bluesky: { endpoints: [near.url, far.url] },
      brands,
      dataDir: join(dir, 'data'),
      model: { cacheSize: 2_000 },
    }),
  );
  const start = () => startFeedpulse(['--config', config, ...(values.port === '0' ? [] : ['--port', values.port])]);
  return { dir, network, near, far, start, query: (sql) => queryDataDir(join(dir, 'data'), sql) };
}

/** Faults of all kinds, evenly spread; kills in the first third only. */
function planFaults() {
  const ms = minutes * 60_000;
  const kill = Array.from({ length: kills }, (_, index) => ({ kind: 'kill', at: ((index + 0.7) / kills) * (ms / 3) }));
  const cut = Array.from({ length: disconnects }, (_, index) => ({
    kind: index % 4 === 3 ? 'outage' : index % 2 === 0 ? 'close' : 'midFrame',
    at: ((index + 0.4) / disconnects) * (ms - 30_000),
  }));
  return [...kill, ...cut].sort((a, b) => a.at - b.at);
}

async function run({ network, near, far, start }) {
  let running = await start();
  while (near.connections() === 0) await sleep(50);
  network.start(rate);
  const startedAt = Date.now();
  const memory = [];
  const forgetting = setInterval(() => network.forget(retentionMs), 60_000);
  const sampling = setInterval(async () => memory.push([Date.now(), running.pid, await residentMb(running.pid)]), 5_000);
  try {
    for (const { kind, at } of planFaults()) {
      await sleep(Math.max(0, startedAt + at - Date.now()));
      process.stdout.write(`${new Date().toISOString()} ${kind}\n`);
      if (kind === 'kill') {
        await running.kill();
        running = await start();
        continue;
      }
      const used = near.connections() > 0 ? near : far;
      if (kind === 'outage') used.rejectWith({ status: 503 });
      used.disconnect(kind === 'midFrame' ? 'midFrame' : 'close');
      if (kind === 'outage') setTimeout(() => used.rejectWith(undefined), 10_000);
    }
    await sleep(Math.max(0, startedAt + minutes * 60_000 - Date.now()));
    network.pause();
    const newest = Date.now();
    const isStored = async () => {
      const { sources, posts } = await running.get('/api/v1/pipeline');
      return Date.now() - (sources[0]?.behindSeconds ?? Number.POSITIVE_INFINITY) * 1_000 > newest - 3_000 && posts.inFlight === 0;
    };
    for (let tries = 0; !(await isStored()) && tries < 600; tries += 1) await sleep(1_000);
    // The time around a change to live events is read again ten seconds later.
    await sleep(15_000);
    const metrics = {};
    for (const name of ['reconnects', 'gaps', 'gap_seconds']) metrics[name] = await running.metric(`feedpulse_stream_${name}_total`);
    metrics.deadLetters = await running.metric('feedpulse_dead_letters_total');
    const exitCode = await running.stop();
    return { memory: memory.filter(([, pid, mb]) => pid === running.pid && mb > 0), metrics, exitCode };
  } finally {
    clearInterval(forgetting);
    clearInterval(sampling);
    network.pause();
    await running.kill();
  }
}

await setup();
const fixture = await openFixture();
try {
  process.stdout.write(`seed ${seed}\n`);
  const { memory, metrics, exitCode } = await run(fixture);
  const { auditPosts } = await support('jetstream/audit-posts.ts');
  const audit = await auditPosts(fixture.network.ledger, fixture.query, [...fixture.near.missed, ...fixture.far.missed]);
  const settled = floors(memory);
  const growth = growthOf(settled);
  const rows = {
    posts: fixture.network.ledger.size,
    events: fixture.network.indexAt(Number.POSITIVE_INFINITY),
    lost: audit.lost,
    'counted twice': audit.duplicated,
    unexpected: audit.unexpected,
    'wrong rollup groups': audit.wrongBuckets,
    'dead letters (last process)': metrics.deadLetters,
    'gaps (last process)': metrics.gaps,
    'reconnects (last process)': metrics.reconnects,
    'memory of the last process, MB': `${Math.round(memory[0]?.[2] ?? 0)} → ${Math.round(memory.at(-1)?.[2] ?? 0)}`,
    'least memory of every two minutes, MB': settled.map(Math.round).join(' '),
    'growth from the first to the second half': growth === undefined ? 'not measured: too short' : `${(100 * growth).toFixed(1)}%`,
    'exit code': exitCode,
  };
  process.stdout.write(`\n| ${minutes} minutes, ${rate} events/s, ${kills} kills, ${disconnects} interruptions | |\n| --- | --- |\n`);
  for (const [name, value] of Object.entries(rows)) process.stdout.write(`| ${name} | ${value} |\n`);
  const isClean = audit.lost + audit.duplicated + audit.unexpected + audit.wrongBuckets + metrics.deadLetters === 0;
  process.exitCode = isClean && (growth ?? 0) <= maxGrowth ? 0 : 1;
} finally {
  await Promise.all([fixture.near.close(), fixture.far.close()]);
  await rm(fixture.dir, { recursive: true, force: true });
}
