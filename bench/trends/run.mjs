import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';
import { fillOnce } from './fill-once.mjs';
import { measureQueries } from './measure.mjs';
import { queriesFor } from './queries.mjs';

const help = `Measures queries over a long history, over HTTP against a warm feedpulse. Fails if a query misses its limit.

  --posts N    posts of the history, over a year and 50 brands (default: 100000000, about 20 GB; takes ten minutes the first time)
  --rounds N   requests per query (default: 60)
  --fresh      create the history again
  --json       print one JSON object instead of the table

The history is kept in .cache/bench-trends/N and reused for a week.
`;
const { values: options } = parseArgs({
  options: {
    posts: { type: 'string', default: '100000000' },
    rounds: { type: 'string', default: '60' },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

await setup();
const history = await fillOnce({ posts: Number(options.posts), fresh: options.fresh });
const measured = await measureQueries(history, queriesFor(history), Number(options.rounds));
const missed = measured.filter(({ p95, limit }) => p95 > limit);
const figures = { machine: machine(), history, queries: measured };
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${table(figures)}\n`);
if (missed.length > 0) {
  process.stderr.write(`${missed.length} of ${measured.length} queries missed their limit: ${missed.map(({ name }) => name).join('; ')}\n`);
  process.exitCode = 1;
}

function table({ machine: facts, history: { posts, brands, from, to }, queries }) {
  const head = `${machineLine(facts)}
${posts.toLocaleString('en')} posts of ${brands.length} brands, ${from.slice(0, 10)} to ${to.slice(0, 10)}; ${options.rounds} requests per query
`;
  const width = Math.max(...queries.map(({ name }) => name.length));
  const cell = (text, length) => String(text).padStart(length);
  const rows = queries.map(({ name, p50, p95, max, limit }) =>
    [
      name.padEnd(width),
      cell(`${p50} ms`, 9),
      cell(`${p95} ms`, 9),
      cell(`${max} ms`, 9),
      cell(`${limit} ms`, 9),
      p95 > limit ? '  missed' : '',
    ].join(''),
  );
  return [head, `${' '.repeat(width)}${['p50', 'p95', 'max', 'limit'].map((title) => cell(title, 9)).join('')}`, ...rows].join('\n');
}
