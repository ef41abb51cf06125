import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine } from '../lib/machine.mjs';

const help = `Measures how often the sentiment towards each of two brands in a post is predicted correctly: from the whole post, and from
the clauses about the brand.

  npm run bench:brand-sentiment -- [--model FOLDER] [--json]

The posts are bench/brand-sentiment/posts.tsv: brand, label, brand, label, text, written for this
benchmark. Fails unless clauses improve accuracy by at least ten percentage points.
`;
const { values: options } = parseArgs({
  options: { model: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
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

const posts = readFileSync(new URL('posts.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'))
  .map(([first, firstLabel, second, secondLabel, text]) => ({
    text,
    expected: [
      { brand: first, label: firstLabel },
      { brand: second, label: secondLabel },
    ],
  }));
const names = [...new Set(posts.flatMap(({ expected }) => expected.map(({ brand }) => brand)))];
const { match } = createBrandMatcher(names.map((name) => ({ name, aliases: [], exclude: [] })));
const modelPath = options.model ?? bundledModelPath;
const whole = await createScorer({ modelPath, workers: 2, cacheSize: 0, log: createLog('warn'), assumeModelLanguage: true });
const predictions = await withBrandSentiment(whole, match).score(posts);
await whole.close();

const cases = posts.flatMap(({ expected }, index) => expected.map((item) => ({ ...item, prediction: predictions[index] })));
const findBrandSentiment = ({ brand, prediction }) => prediction.brandSentiment?.find((item) => item.brand === brand);
const share = (isCorrect) => cases.filter(isCorrect).length / cases.length;
const figures = {
  posts: posts.length,
  cases: cases.length,
  split: cases.filter(findBrandSentiment).length,
  wholePost: share(({ label, prediction }) => prediction.label === label),
  clauses: share((item) => (findBrandSentiment(item) ?? item.prediction).label === item.label),
};
const percent = (value) => `${(100 * value).toFixed(1)}%`;
process.stdout.write(
  options.json
    ? `${JSON.stringify({ machine: machine(), ...figures })}\n`
    : `${figures.posts} posts about two brands, ${figures.cases} cases, ${figures.split} split into clauses
accuracy, whole post   ${percent(figures.wholePost)}
accuracy, clauses      ${percent(figures.clauses)}
`,
);
if (figures.clauses - figures.wholePost < minGain) {
  process.stderr.write(`Clauses must improve accuracy by at least ${(100 * minGain).toFixed(0)} percentage points.\n`);
  process.exitCode = 1;
}
