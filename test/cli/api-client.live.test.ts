import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withApi } from '../../src/cli/api-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import { eventually, feedpulse, type RunningFeedpulse, runCommand, startFeedpulse } from '../support/feedpulse.ts';
import { quiet } from '../support/test-database.ts';

let folder: string;
let running: RunningFeedpulse | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-api-'));
});
afterEach(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Figures {
  readonly brand: string;
  readonly volume: number;
}

// A closed stretch of the demo's history, so that nothing is added between two questions.
const closed = { from: 'now-12m', to: 'now-10m' };
const config = () => configSchema.parse({ dataDir: folder });
const brands = () => withApi(config(), quiet, (api) => api.get<Figures[]>('/api/v1/brands', closed));
const instanceFile = () => join(folder, 'instance.json');

async function runDemo(...args: readonly string[]): Promise<RunningFeedpulse> {
  running = await startFeedpulse(['--source', 'demo', '--data-dir', folder, ...args], { FEEDPULSE_DEMO_BACKFILL: '15m' });
  return running;
}

test('a command queries the process that uses the data directory, or opens the database itself, with the same result', async () => {
  await expect(brands()).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE' });
  await feedpulse('tokens', 'add', '--name', 'somebody', '--role', 'viewer', '--data-dir', folder);
  const process = await runDemo();
  // Its own token lets commands in where others need one; only the user can read it.
  expect((await stat(instanceFile())).mode & 0o777).toBe(0o600);
  expect(process.log()).not.toContain((JSON.parse(await readFile(instanceFile(), 'utf8')) as { token: string }).token);
  expect((await fetch(`${process.url}/api/v1/brands`)).status).toBe(401);
  const volume = async () => (await brands())[0]?.volume ?? 0;
  await eventually('those minutes are filled', 60, async () => (await volume()) > 0);
  await expect(withApi(config(), quiet, (api) => api.get('/api/v1/summary', { from: 'soon' }))).rejects.toMatchObject({ code: 'USAGE' });
  expect(await process.stop()).toBe(0);
  expect(existsSync(instanceFile())).toBe(false);
  const alone = await brands();
  expect(alone.map(({ brand }) => brand)).toContain('Brixomel');
  expect(alone[0]?.volume).toBeGreaterThan(0);
});

test('an instance file left behind by a killed process is ignored', async () => {
  const first = await runDemo();
  await eventually('a post is written', 30, async () => (await first.metric('feedpulse_rows_written_total')) > 0);
  await first.kill();
  expect(existsSync(instanceFile())).toBe(true);
  expect((await brands()).length).toBeGreaterThan(1);
  const second = await runDemo();
  expect((await brands()).length).toBeGreaterThan(1);
  expect(await second.stop()).toBe(0);
});

test('beyond the loopback interface a run without a token ends before it opens the database', async () => {
  const { code } = await runCommand(['run', '--source', 'demo', '--host', '0.0.0.0', '--port', '0', '--data-dir', folder]);
  expect(code).toBe(8);
  expect(existsSync(join(folder, 'clickhouse'))).toBe(false);
});
