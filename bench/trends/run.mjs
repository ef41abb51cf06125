import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';
import { fillOnce } from './fill-once.mjs';
import { measureQuestions } from './measure.mjs';
import { questionsAbout } from './questions.mjs';

const help = `Measures what questions about a long history take, over HTTP against the real program, warm; fails where a limit is missed.

  --posts N    posts of the history, over a year and 50 brands (default: 100000000, some 20 GB and ten minutes once)
  --rounds N   how often each question is asked (default: 60)
  --fresh      make the history anew
  --json       the figures as one JSON object, without the table

The history is kept in .cache/bench-trends/N for a week and used again.
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
const measured = await measureQuestions(history, questionsAbout(history), Number(options.rounds));
const missed = measured.filter(({ p95, limit }) => p95 > limit);
const figures = { machine: machine(), history, questions: measured };
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${table(figures)}\n`);
if (missed.length > 0) {
  process.stderr.write(
    `${missed.length} of ${measured.length} questions missed their limit: ${missed.map(({ name }) => name).join('; ')}\n`,
  );
  process.exitCode = 1;
}

function table({ machine: facts, history: { posts, brands, from, to }, questions }) {
  const head = `${machineLine(facts)}
${posts.toLocaleString('en')} posts of ${brands.length} brands, ${from.slice(0, 10)} to ${to.slice(0, 10)}; each question ${options.rounds} times
`;
  const width = Math.max(...questions.map(({ name }) => name.length));
  const cell = (text, length) => String(text).padStart(length);
  const rows = questions.map(({ name, p50, p95, most, limit }) =>
    [
      name.padEnd(width),
      cell(`${p50} ms`, 9),
      cell(`${p95} ms`, 9),
      cell(`${most} ms`, 9),
      cell(`${limit} ms`, 9),
      p95 > limit ? '  missed' : '',
    ].join(''),
  );
  return [head, `${' '.repeat(width)}${['p50', 'p95', 'most', 'limit'].map((title) => cell(title, 9)).join('')}`, ...rows].join('\n');
}
