import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { syntheticBrands } from '../../dist/app/synthetic-brands.js';

const folders = fileURLToPath(new URL('../../.cache/bench-trends/', import.meta.url));
const program = fileURLToPath(new URL('../../bin/feedpulse.cjs', import.meta.url));
const brandCount = 50;
const yearMs = 365 * 86_400_000;
/** An older history has no minute rollups at its end, which short ranges of a live feed read. */
const maxAgeMs = 7 * 86_400_000;

/**
 * A data directory with a synthetic year of posts: the existing one if it has the right size and is at most a week old,
 * otherwise a new one.
 */
export async function fillOnce({ posts, fresh }) {
  const folder = `${folders}${posts}/`;
  const note = `${folder}history.json`;
  const existing = await readFile(note, 'utf8').then(JSON.parse, () => undefined);
  if (!fresh && existing?.posts === posts && Date.parse(existing.to) > Date.now() - maxAgeMs) return { ...existing, folder };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const to = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
  await fill(folder, '--history', '1y', '--until', to, '--posts', String(posts), '--brands', String(brandCount));
  const history = { posts, to, from: new Date(Date.parse(to) - yearMs).toISOString(), brands: syntheticBrands(brandCount) };
  await writeFile(note, JSON.stringify(history));
  return { ...history, folder };
}

async function fill(folder, ...args) {
  const child = spawn(process.execPath, [program, 'seed', ...args, '--data-dir', folder, '--log-level', 'error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`feedpulse seed exited with ${code}`);
}
