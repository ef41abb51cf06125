import { parseArgs } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { measureErrors } from './errors.mjs';

const help = `Measures how far calibrated net sentiment is from the truth, on labeled posts that the model was not trained on.

  npm run bench:net-sentiment -- [--model FOLDER] [--labels 300] [--json] FILE...

Each file is CSV or TSV with the columns label and text. It is split in halves 200 times: posts of one half are labeled, and the
figures of the other half are compared with its labels, as it is and after a change of ten points. Also prints the errors of the
model between feeds, for \`netSentiment\` in its manifest.json. Give several files of different kinds for that.
`;
const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    labels: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (options.help || files.length === 0) {
  process.stdout.write(help);
  process.exit(options.help ? 0 : 2);
}

await setup();
const [{ evaluateModel }, { readLabeledPosts }, { loadConfig }, { fitCalibration }, { calibrateNet }, { createRandom }] = await Promise.all(
  [
    'app/model-evaluation/evaluate-model',
    'app/model-evaluation/labeled-posts',
    'config/load-config',
    'analytics/calibration/fit',
    'analytics/calibration/apply',
    'lib/random',
  ].map((file) => import(`../../dist/${file}.js`)),
);

const labels = ['negative', 'neutral', 'positive'];
const polarity = { negative: -1, neutral: 0, positive: 1 };
const repetitions = 200;
const changePoints = 10;
/** Wide enough that the labels decide, for a measurement that does not depend on what is in the manifest. */
const unknown = { slope: 1.35, slopeError: 0.15, levelError: 10 };

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const truthOf = (posts) => 100 * mean(posts.map(({ actual }) => polarity[actual]));
const empty = () => ({ negative: 0, neutral: 0, positive: 0, unscored: 0 });

function countsOf(posts) {
  const counts = empty();
  for (const { predicted } of posts) counts[predicted] += 1;
  return counts;
}
const netOf = ({ negative, neutral, positive }) => (100 * (positive - negative)) / (negative + neutral + positive);

function tableOf(posts) {
  const table = Object.fromEntries(labels.map((label) => [label, empty()]));
  for (const { actual, predicted } of posts) table[actual][predicted] += 1;
  return table;
}

function shuffle(posts, random) {
  const shuffled = [...posts];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}

/** Replaces posts of one label by others of another, so that true net sentiment changes by ten points; null with too few posts. */
function change(posts, from, to, random) {
  const count = Math.round((posts.length * changePoints) / 100 / Math.abs(polarity[to] - polarity[from]));
  const [replaced, donors] = [from, to].map((label) => posts.filter(({ actual }) => actual === label));
  if (replaced.length <= count || donors.length < 20) return null;
  const others = posts.filter(({ actual }) => actual !== from);
  return [...others, ...replaced.slice(count), ...Array.from({ length: count }, () => donors[Math.floor(random() * donors.length)])];
}

/** Halves of a file: labels of one half, figures of the other. */
function measureHalves(posts, labeled, random) {
  const runs = { counted: [], error: [], margin: [], covered: [], shown: {} };
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const shuffled = shuffle(posts, random);
    const middle = Math.floor(posts.length / 2);
    const [window, later] = [shuffled.slice(0, middle), shuffled.slice(middle)];
    const fitted = fitCalibration(tableOf(window.slice(0, labeled)), netOf(countsOf(window)), unknown);
    const calibration = { ...fitted, basis: 'labels', modelVersion: '', window: null };
    const { value, interval } = calibrateNet(countsOf(later), calibration);
    const truth = truthOf(later);
    runs.counted.push(netOf(countsOf(later)) - truth);
    runs.error.push(value - truth);
    runs.margin.push((interval.high - interval.low) / 2);
    runs.covered.push(interval.low <= truth && truth <= interval.high ? 1 : 0);
    for (const from of labels)
      for (const to of labels) {
        const changed = from === to ? null : change(later, from, to, random);
        if (!changed) continue;
        const shown = (calibrateNet(countsOf(changed), calibration).value - value) / (truthOf(changed) - truth);
        const name = `${from} to ${to}`;
        runs.shown[name] = [...(runs.shown[name] ?? []), changePoints * shown];
      }
  }
  return {
    posts: posts.length,
    labels: Math.min(labeled, Math.floor(posts.length / 2)),
    bias: mean(runs.error),
    countedBias: mean(runs.counted),
    meanError: mean(runs.error.map(Math.abs)),
    margin: mean(runs.margin),
    coverage: mean(runs.covered),
    changeOfTen: Object.fromEntries(Object.entries(runs.shown).map(([name, values]) => [name, mean(values)])),
  };
}

const config = loadConfig({ env: {}, flags: options.model ? { 'model.path': options.model } : {} });
const feeds = [];
for (const file of files) {
  const { texts, truth, lines } = await readLabeledPosts(file);
  const { predictions } = await evaluateModel(config, { texts, truth, lines });
  feeds.push({ file, posts: truth.map((actual, index) => ({ actual, predicted: predictions[index].label, text: texts[index] })) });
}
const random = createRandom(1);
const halves = feeds.map(({ file, posts }) => ({ file, ...measureHalves(posts, Number(options.labels), random) }));
const netSentiment = measureErrors(feeds.map(({ posts }) => posts));

const points = (value) => (value < 0 ? '−' : '') + Math.abs(value).toFixed(1);
const describe = ({ file, ...one }) => `${file}: ${one.posts} posts, ${one.labels} labels
  counted      bias ${points(one.countedBias)}
  calibrated   bias ${points(one.bias)}, mean error ${points(one.meanError)}, 95% interval ± ${points(one.margin)}, covers the truth in ${Math.round(100 * one.coverage)}%
  a true change of ten points shows as ${Object.entries(one.changeOfTen)
    .map(([name, shown]) => `${points(shown)} (${name})`)
    .join(', ')}
`;
process.stdout.write(
  options.json
    ? `${JSON.stringify({ halves, netSentiment })}\n`
    : `${halves.map(describe).join('')}"netSentiment": ${JSON.stringify(netSentiment)}\n`,
);
