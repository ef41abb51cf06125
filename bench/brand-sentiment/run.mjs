import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine } from '../lib/machine.mjs';

const help = `Measures how often the sentiment towards each of two brands in a post is predicted correctly: from the whole post, and per
brand.

  npm run bench:brand-sentiment -- [--model FOLDER] [--json] [--errors]

bench/brand-sentiment/posts.tsv has posts with a clause about each brand: brand, label, brand, label, text. constructions.tsv has
comparisons, changes of provider, contrasts, lists, emoji, references and other constructions: half, kind, brand, label, brand,
label, text. The rules were developed on the first file and on the half "develop"; "report" is held out, and --errors does not
print it. Fails unless the sentiment per brand improves accuracy by at least ten percentage points.
`;
const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    json: { type: 'boolean', default: false },
    errors: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}

const minGain = 0.1;

await setup();
const [{ createScorer }, { withBrandSentiment }, { createBrandMatcher }, { bundledModelPath }, { createLog }] = await Promise.all(
  ['infer/scorer', 'infer/brand-sentiment/brand-sentiment', 'ingest/brands/brand-matcher', 'infer/model/model', 'lib/log'].map(
    (file) => import(`../../dist/${file}.js`),
  ),
);

const readRows = (file) =>
  readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
const toPost = (set, kind, [first, firstLabel, second, secondLabel, text]) => ({
  set,
  kind,
  text,
  expected: [
    { brand: first, label: firstLabel },
    { brand: second, label: secondLabel },
  ],
});
const posts = [
  ...readRows('posts.tsv').map((row) => toPost('clauses', 'clauses', row)),
  ...readRows('constructions.tsv').map(([half, kind, ...row]) => toPost(half, kind, row)),
];
const names = [...new Set(posts.flatMap(({ expected }) => expected.map(({ brand }) => brand)))];
const { match } = createBrandMatcher(names.map((name) => ({ name, aliases: [], exclude: [] })));
const modelPath = options.model ?? bundledModelPath;
const whole = await createScorer({
  models: [{ path: modelPath }],
  workers: 2,
  cacheSize: 0,
  log: createLog('warn'),
  assumeModelLanguage: true,
});
const predictions = await withBrandSentiment(whole, match).score(posts);
await whole.close();

for (const [index, post] of posts.entries())
  post.cases = post.expected.map(({ brand, label }) => {
    const ofBrand = predictions[index].brandSentiment?.find((item) => item.brand === brand);
    const whole = predictions[index].label;
    return { brand, label, whole, predicted: ofBrand?.label ?? whole, isSplit: ofBrand !== undefined };
  });

/** Accuracy per brand of the whole post and of the sentiment per brand, and share of posts with both brands right. */
function measure(selected) {
  const cases = selected.flatMap((post) => post.cases);
  const share = (items, isCorrect) => items.filter(isCorrect).length / items.length;
  return {
    posts: selected.length,
    cases: cases.length,
    split: cases.filter((item) => item.isSplit).length,
    wholePost: share(cases, (item) => item.whole === item.label),
    byBrand: share(cases, (item) => item.predicted === item.label),
    bothRight: share(selected, (post) => post.cases.every((item) => item.predicted === item.label)),
  };
}
const sets = Object.fromEntries(['clauses', 'develop', 'report'].map((set) => [set, measure(posts.filter((post) => post.set === set))]));
const kinds = Object.fromEntries(
  [...new Set(posts.map(({ kind }) => kind))].map((kind) => [
    kind,
    measure(posts.filter((post) => post.kind === kind && post.set !== 'report')),
  ]),
);
const percent = (value) => `${(100 * value).toFixed(1)}%`;
const row = ([name, figures]) =>
  `${name.padEnd(12)} ${String(figures.posts).padStart(5)} ${String(figures.split).padStart(6)} ${[figures.wholePost, figures.byBrand, figures.bothRight].map((value) => percent(value).padStart(10)).join('')}`;
if (options.json) process.stdout.write(`${JSON.stringify({ machine: machine(), ...sets })}\n`);
else {
  process.stdout.write(`set          posts  split whole post per brand both right\n${Object.entries(sets).map(row).join('\n')}\n`);
  process.stdout.write(`\nby kind, without "report"\n${Object.entries(kinds).map(row).join('\n')}\n`);
}
if (options.errors)
  for (const { set, kind, text, cases } of posts) {
    const wrong = cases.filter((item) => item.predicted !== item.label);
    if (set === 'report' || wrong.length === 0) continue;
    const list = wrong.map(
      ({ brand, label, predicted, isSplit }) => `${brand}: ${label}, predicted ${predicted}${isSplit ? '' : ' (whole post)'}`,
    );
    process.stdout.write(`${kind}\t${text}\t${list.join('; ')}\n`);
  }
if (sets.clauses.byBrand - sets.clauses.wholePost < minGain || sets.report.byBrand - sets.report.wholePost < minGain) {
  process.stderr.write(`The sentiment per brand must improve accuracy by at least ${(100 * minGain).toFixed(0)} percentage points.\n`);
  process.exitCode = 1;
}
