import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { setup } from '../../scripts/setup.mjs';

const help = `Measures what happens to posts that are very short, romanized, or mix two languages: how many each bundled model
reads, how many stay unscored, and how many of the scored ones get the right label. Language detection decides, as in the pipeline.

  npm run bench:mixed-languages [-- --json]

bench/mixed-languages/posts.tsv has 200 posts written for this purpose: kind, language, label, text.
`;
const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, help: { type: 'boolean' } } });
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

await setup();
const [{ createScorer }, { bundledModelPaths }] = await Promise.all([
  import('../../dist/infer/scorer.js'),
  import('../../dist/infer/model/model.js'),
]);
const [, ...lines] = readFileSync(fileURLToPath(new URL('posts.tsv', import.meta.url)), 'utf8')
  .trim()
  .split('\n');
const posts = lines.map((line) => {
  const [kind, language, label, text] = line.split('\t');
  return { kind, language, label, text };
});
const scorer = await createScorer({
  models: bundledModelPaths.map((path) => ({ path })),
  workers: 1,
  cacheSize: 0,
  log: pino({ level: 'silent' }),
});
const predictions = await scorer.score(posts.map(({ text }) => ({ text, brands: [] })));
await scorer.close();
const scored = posts.map((post, index) => ({ ...post, prediction: predictions[index] }));
const rows = [...groupBy(scored)].map(([group, members]) => ({ group, ...figuresOf(members) }));
process.stdout.write(options.json ? `${JSON.stringify(rows)}\n` : `${table(rows)}\n`);

function groupOf({ kind, language }) {
  return `${kind}, ${language}`;
}

function groupBy(members) {
  const groups = new Map();
  for (const member of members) groups.set(groupOf(member), [...(groups.get(groupOf(member)) ?? []), member]);
  return groups;
}

function figuresOf(members) {
  const read = members.filter(({ prediction }) => prediction.label !== 'unscored');
  const english = read.filter(({ prediction }) => prediction.modelVersion.startsWith('distilbert-social-en')).length;
  const right = read.filter(({ label, prediction }) => label === prediction.label).length;
  return { posts: members.length, unscored: members.length - read.length, english, multilingual: read.length - english, right };
}

function table(all) {
  const columns = ['posts', 'unscored', 'english', 'multilingual', 'right'];
  const line = (cells) =>
    `${cells[0].padEnd(24)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(14))
      .join('')}`;
  return [line(['', ...columns]), ...all.map((row) => line([row.group, ...columns.map((column) => row[column])]))].join('\n');
}
