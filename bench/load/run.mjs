import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';
import { fillOnce } from '../trends/fill-once.mjs';
import { measureLoad } from './measure.mjs';

const help = `Measures how much queries slow down ingestion: a feed that is read as fast as the model allows, with and without
connections that send one kind of request after the other. Fails if ingestion loses more than its limit. Losses are by CPU time
of the process, so that other programs on the machine hardly matter.

  --posts N         posts of the history that is queried (default: 2000000)
  --only NAME       one kind of query: summary, trends, posts or drivers
  --connections N   parallel connections (default: 20)
  --seconds N       length of a measurement (default: 20)
  --rounds N        rounds; each alternates between load and none, and the median is reported (default: 3)
  --memory MIB      limit of memory, by a cgroup (needs root)
  --cpus N          limit of CPU time, by a cgroup (needs root)
  --json            print one JSON object instead of the table
`;
const { values: options } = parseArgs({
  options: {
    posts: { type: 'string', default: '2000000' },
    connections: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    memory: { type: 'string' },
    cpus: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

await setup();
const history = await fillOnce({ posts: Number(options.posts), fresh: false });
const { loads, residentMegabytes } = await measureLoad(history, {
  connections: Number(options.connections),
  seconds: Number(options.seconds),
  rounds: Number(options.rounds),
  only: options.only,
  memoryMib: options.memory && Number(options.memory),
  cpus: options.cpus && Number(options.cpus),
});
const figures = { machine: machine(), options, loads, residentMegabytes };
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${table(figures)}\n`);
const missed = loads.filter(({ loss, limit }) => loss > limit);
if (missed.length > 0) {
  process.stderr.write(`Ingestion loses more than its limit under: ${missed.map(({ name }) => name).join(', ')}\n`);
  process.exitCode = 1;
}

function table({ machine: facts }) {
  const percent = (share) => `${Math.round(100 * share)}%`;
  const rows = loads.map((load) => [
    load.name,
    `${Math.round(load.idle)} posts/s`,
    `${Math.round(load.loaded)} posts/s`,
    percent(load.loss),
    percent(load.limit),
    `${load.requestsPerSecond.toFixed(1)}/s`,
    `${Math.round(load.p50)} ms`,
    `${Math.round(load.p95)} ms`,
    Object.entries(load.statuses)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
  ]);
  const head = ['queries', 'ingest alone', 'with queries', 'loss', 'limit', 'requests', 'p50', 'p95', 'responses'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => cells.map((text, column) => text.padEnd(widths[column])).join('   ');
  const { connections, seconds, rounds, posts } = options;
  return [
    `${machineLine(facts)}`,
    `${Number(posts).toLocaleString('en')} stored posts, ${connections} connections, ${rounds} rounds of ${seconds} s; resident memory: ${Math.round(residentMegabytes.before)} MB before, ${Math.round(residentMegabytes.peak)} MB at most`,
    '',
    line(head),
    ...rows.map(line),
  ].join('\n');
}
