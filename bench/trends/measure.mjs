import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runnerImport } from 'vite';

const execute = promisify(execFile);
const support = fileURLToPath(new URL('../../test/support/feedpulse.ts', import.meta.url));

/** Milliseconds that the answers of a running feedpulse took, question by question: median, 95th percentile, most. */
export async function measureQuestions({ folder }, questions, rounds) {
  const { startFeedpulse } = (await runnerImport(support)).module;
  const pipes = await mkdtemp(join(tmpdir(), 'feedpulse-bench-'));
  const feed = join(pipes, 'feed');
  await execute('mkfifo', [feed]);
  // A feed that is open and says nothing.
  const silent = await open(feed, 'r+');
  const env = { FEEDPULSE_NDJSON_PATH: feed, FEEDPULSE_SERVER_REQUESTS_PER_MINUTE: '100000', FEEDPULSE_LOG_LEVEL: 'warn' };
  const running = await startFeedpulse(['--source', 'ndjson', '--data', folder], env);
  try {
    const measured = [];
    for (const { name, limit, at } of questions) {
      if (process.stderr.isTTY) process.stderr.write(`… ${name}\n`);
      for (let round = 0; round < 10; round += 1) await timed(running.url + at(round));
      const took = [];
      for (let round = 0; round < rounds; round += 1) took.push(await timed(running.url + at(round)));
      took.sort((a, b) => a - b);
      const percentile = (share) => Math.round(took[Math.min(took.length - 1, Math.ceil(took.length * share) - 1)]);
      measured.push({ name, limit, p50: percentile(0.5), p95: percentile(0.95), most: percentile(1) });
    }
    return measured;
  } finally {
    // Nothing was written, and its reading of the silent pipe would hold up a gentle end.
    await running.kill();
    await silent.close();
    await rm(pipes, { recursive: true, force: true });
  }
}

async function timed(url) {
  const started = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${response.status} for ${url}`);
  return performance.now() - started;
}
