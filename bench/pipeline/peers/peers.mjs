import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const script = fileURLToPath(new URL('peers.py', import.meta.url));

/**
 * Quantizes the fp32 model for every engine that the Python environment has.
 * @param rows token ids of the posts
 */
export async function preparePeers(python, fp32, rows) {
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-peers-'));
  const run = async (posts, ...args) => {
    const file = join(folder, 'posts.json');
    await writeFile(file, JSON.stringify(posts));
    const command = [script, ...args, '--work', folder, '--posts', file];
    const { stdout } = await execute(python, command, { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trim().split('\n').at(-1));
  };
  const threads = String(availableParallelism());
  const { engines, failures } = await run(rows, 'prepare', '--fp32', fp32);
  return {
    engines,
    failures,
    /** Posts per second, and the class of each post. */
    measure: (engine, posts = rows) => run(posts, 'measure', engine, '--threads', threads),
    close: () => rm(folder, { recursive: true }),
  };
}
