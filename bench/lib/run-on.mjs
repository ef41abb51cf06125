import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runnerImport } from 'vite';

const execute = promisify(execFile);
const support = fileURLToPath(new URL('../../test/support/feedpulse.ts', import.meta.url));

/** Runs the real program on a filled data directory, with a feed that stays silent, while `use` runs. */
export async function runOn(folder, use) {
  const { startFeedpulse } = (await runnerImport(support)).module;
  const pipes = await mkdtemp(join(tmpdir(), 'feedpulse-bench-'));
  const feed = join(pipes, 'feed');
  await execute('mkfifo', [feed]);
  const silent = await open(feed, 'r+');
  const env = { FEEDPULSE_NDJSON_PATH: feed, FEEDPULSE_SERVER_REQUESTS_PER_MINUTE: '100000', FEEDPULSE_LOG_LEVEL: 'warn' };
  const running = await startFeedpulse(['--source', 'ndjson', '--data-dir', folder], env);
  try {
    return await use(running.url);
  } finally {
    // Nothing was written, and a graceful stop would wait for the silent pipe.
    await running.kill();
    await silent.close();
    await rm(pipes, { recursive: true, force: true });
  }
}
