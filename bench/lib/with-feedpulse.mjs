import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runnerImport } from 'vite';

const execute = promisify(execFile);
const support = fileURLToPath(new URL('../../test/support/feedpulse.ts', import.meta.url));

/** Starts feedpulse on a data directory with an idle NDJSON source, calls `run` with its URL, then stops it. */
export async function withFeedpulse(dataDir, run) {
  const { startFeedpulse } = (await runnerImport(support)).module;
  const pipes = await mkdtemp(join(tmpdir(), 'feedpulse-bench-'));
  const feed = join(pipes, 'feed');
  await execute('mkfifo', [feed]);
  const idlePipe = await open(feed, 'r+');
  const env = { FEEDPULSE_NDJSON_PATH: feed, FEEDPULSE_SERVER_REQUESTS_PER_MINUTE: '100000', FEEDPULSE_LOG_LEVEL: 'warn' };
  const running = await startFeedpulse(['--source', 'ndjson', '--data-dir', dataDir], env);
  try {
    return await run(running.url);
  } finally {
    await running.kill();
    await idlePipe.close();
    await rm(pipes, { recursive: true, force: true });
  }
}
