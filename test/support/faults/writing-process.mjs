// Writes a file of scored posts into the embedded database of a folder, in a process that can be killed.
// It says `written N` once the first N posts of the file, and their marks, are acknowledged.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema } from '../../../dist/config/schema.js';
import { systemClock } from '../../../dist/lib/clock.js';
import { createMetrics } from '../../../dist/lib/metrics.js';
import { openDatabase } from '../../../dist/sink/client/connection.js';
import { migrate } from '../../../dist/sink/migrations/migrate.js';
import { createRollups } from '../../../dist/sink/rollups/rollups.js';
import { createWriter } from '../../../dist/sink/writer/writer.js';

/** `die` is `{ statement, when }`: the process kills itself before or after that statement. */
const { folder, file, from, batch, pauseMs, settle, die } = JSON.parse(process.argv[2]);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const posts = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const { clickhouse } = configSchema.parse({});
const opened = await openDatabase({ clickhouse, dataDir: folder, log: silent });
await migrate(opened, silent);
const db = die ? { ...opened, writer: mortal(opened.writer), maintenance: mortal(opened.maintenance) } : opened;
const parts = { db, clock: systemClock, log: silent, metrics: createMetrics() };
const writer = createWriter(parts);
const rollups = createRollups(parts);
process.stdout.write('ready\n');
if (!die && !settle) rollups.start();
for (let next = from; next < posts.length; next += batch) {
  await writer.write(posts.slice(next, next + batch));
  process.stdout.write(`written ${Math.min(posts.length, next + batch)}\n`);
  if (pauseMs) await sleep(pauseMs);
}
if (settle || die) await rollups.settle();
await rollups.stop();
await opened.close();

function mortal(client) {
  return new Proxy(client, {
    get: (target, name) => {
      if (name !== 'command') return Reflect.get(target, name);
      return async (params) => {
        const fatal = params.query.trim().startsWith(die.statement);
        if (fatal && die.when === 'before') process.kill(process.pid, 'SIGKILL');
        const result = await target.command(params);
        if (fatal) process.kill(process.pid, 'SIGKILL');
        return result;
      };
    },
  });
}
