import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine } from '../lib/machine.mjs';

const help = `Tells how often what a post says of each of two brands is judged right: by the score of the whole post, and by that of the
clauses about the brand.

  npm run bench:brand-sentiment -- [--model FOLDER] [--json]

The posts are bench/brand-sentiment/posts.tsv: brand, label, brand, label, text, made up for this. Fails where clauses are not ahead by ten points.
`;
const { values: options } = parseArgs({
  options: { model: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}

const leastAhead = 0.1;

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
    said: [
      { brand: first, label: firstLabel },
      { brand: second, label: secondLabel },
    ],
  }));
const names = [...new Set(posts.flatMap(({ said }) => said.map(({ brand }) => brand)))];
const { match } = createBrandMatcher(names.map((name) => ({ name, aliases: [], exclude: [] })));
const modelPath = options.model ?? bundledModelPath;
const whole = await createScorer({ modelPath, workers: 2, cacheSize: 0, log: createLog('warn'), assumeModelLanguage: true });
const verdicts = await withBrandSentiment(whole, match).score(posts);
await whole.close();

const judged = posts.flatMap(({ said }, index) => said.map((one) => ({ ...one, verdict: verdicts[index] })));
const own = ({ brand, verdict }) => verdict.brandSentiment?.find((one) => one.brand === brand);
const share = (isRight) => judged.filter(isRight).length / judged.length;
const figures = {
  posts: posts.length,
  judgements: judged.length,
  apart: judged.filter(own).length,
  wholePost: share(({ label, verdict }) => verdict.label === label),
  clauses: share((one) => (own(one) ?? one.verdict).label === one.label),
};
const percent = (value) => `${(100 * value).toFixed(1)} %`;
process.stdout.write(
  options.json
    ? `${JSON.stringify({ machine: machine(), ...figures })}\n`
    : `${figures.posts} posts about two brands, ${figures.judgements} judgements, ${figures.apart} of them by clauses of their own
right by the score of the whole post   ${percent(figures.wholePost)}
right by the score of the clauses      ${percent(figures.clauses)}
`,
);
if (figures.clauses - figures.wholePost < leastAhead) {
  process.stderr.write(`Clauses are to be ahead by ${percent(leastAhead)} at least.\n`);
  process.exitCode = 1;
}
