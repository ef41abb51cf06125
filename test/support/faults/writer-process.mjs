// Writes a file of scored posts to an embedded database, in a process that can be killed.
// It prints `written N` once the first N posts of the file, and their dirty minutes, are acknowledged.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema } from '../../../dist/config/schema.js';
import { systemClock } from '../../../dist/lib/clock.js';
import { createMetrics } from '../../../dist/lib/metrics.js';
import { openDatabase } from '../../../dist/sink/client/connection.js';
import { migrate } from '../../../dist/sink/migrations/migrate.js';
import { createRollups } from '../../../dist/sink/rollups/rollups.js';
import { createWriter } from '../../../dist/sink/writer/writer.js';

/** `killAt` is `{ statement, when }`: the process kills itself before or after that statement. */
const { dataDir, file, from, batch, pauseMs, recompute, killAt } = JSON.parse(process.argv[2]);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const posts = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const { clickhouse } = configSchema.parse({});
const opened = await openDatabase({ clickhouse, dataDir, log: silent });
await migrate(opened, silent);
const db = killAt ? { ...opened, writer: withKill(opened.writer), maintenance: withKill(opened.maintenance) } : opened;
const deps = { db, clock: systemClock, log: silent, metrics: createMetrics() };
const writer = createWriter(deps);
const rollups = createRollups(deps);
process.stdout.write('ready\n');
if (!killAt && !recompute) rollups.start();
for (let next = from; next < posts.length; next += batch) {
  await writer.write(posts.slice(next, next + batch));
  process.stdout.write(`written ${Math.min(posts.length, next + batch)}\n`);
  if (pauseMs) await sleep(pauseMs);
}
if (recompute || killAt) await rollups.catchUp();
await rollups.stop();
await opened.close();

function withKill(client) {
  return new Proxy(client, {
    get: (target, name) => {
      if (name !== 'command') return Reflect.get(target, name);
      return async (params) => {
        const isTarget = params.query.trim().startsWith(killAt.statement);
        if (isTarget && killAt.when === 'before') process.kill(process.pid, 'SIGKILL');
        const result = await target.command(params);
        if (isTarget) process.kill(process.pid, 'SIGKILL');
        return result;
      };
    },
  });
}
