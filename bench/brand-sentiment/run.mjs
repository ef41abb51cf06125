import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine } from '../lib/machine.mjs';

const help = `Measures how often the sentiment towards each of two brands in a post is predicted correctly: from the whole post, and from
the clauses about the brand.

  npm run bench:brand-sentiment -- [--model FOLDER] [--json]

The posts are bench/brand-sentiment/posts.tsv: brand, label, brand, label, text, written for this
benchmark. Fails unless clauses are ahead by at least ten points.
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

const cases = posts.flatMap(({ expected }, index) => expected.map((one) => ({ ...one, prediction: predictions[index] })));
const own = ({ brand, prediction }) => prediction.brandSentiment?.find((one) => one.brand === brand);
const share = (isCorrect) => cases.filter(isCorrect).length / cases.length;
const figures = {
  posts: posts.length,
  cases: cases.length,
  split: cases.filter(own).length,
  wholePost: share(({ label, prediction }) => prediction.label === label),
  clauses: share((one) => (own(one) ?? one.prediction).label === one.label),
};
const percent = (value) => `${(100 * value).toFixed(1)} %`;
process.stdout.write(
  options.json
    ? `${JSON.stringify({ machine: machine(), ...figures })}\n`
    : `${figures.posts} posts about two brands, ${figures.cases} cases, ${figures.split} of them with clauses of their own
correct from the whole post   ${percent(figures.wholePost)}
correct from the clauses      ${percent(figures.clauses)}
`,
);
if (figures.clauses - figures.wholePost < minGain) {
  process.stderr.write(`Clauses must be ahead by at least ${percent(minGain)}.\n`);
  process.exitCode = 1;
}
