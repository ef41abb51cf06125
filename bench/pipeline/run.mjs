import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine } from '../lib/machine.mjs';
import { formatFigures } from './format-figures.mjs';
import { preparePeers } from './peers/peers.mjs';

const execute = promisify(execFile);
const bundledModel = fileURLToPath(new URL('../../models/distilbert-social-en', import.meta.url));
const help = `Benchmarks tokenizer, inference, Kafka to ClickHouse, latency and memory, with other engines for comparison.

  --posts N        posts per measurement (default: 4096)
  --rounds N       rounds; feedpulse and the others alternate, and the median is reported (default: 3)
  --model DIR      the model to measure (default: the bundled one)
  --baseline DIR   another model; the bare ONNX Runtime loop also runs over it
  --fp32 DIR       the same weights in fp32, with onnx/model.onnx, to include transformers.js in fp32
  --peers PYTHON   the Python of an environment with bench/pipeline/peers/requirements.txt, to include OpenVINO,
                   CTranslate2 and ONNX Runtime's own quantization in int8; needs --fp32
  --labels FILE    labeled posts (CSV or TSV, as for eval), to report the accuracy of feedpulse and of the peers
  --no-kafka       skip what needs a broker
  --json           print one JSON object instead of the table
`;
const { values: options } = parseArgs({
  options: {
    posts: { type: 'string', default: '4096' },
    rounds: { type: 'string', default: '3' },
    model: { type: 'string', default: bundledModel },
    baseline: { type: 'string' },
    fp32: { type: 'string' },
    peers: { type: 'string' },
    labels: { type: 'string' },
    'no-kafka': { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}
if (options.fp32 && !existsSync(`${options.fp32}/onnx/model.onnx`))
  fail(`${options.fp32} has no onnx/model.onnx; training/export/ writes one.`);
if (options.peers && !options.fp32) fail('--peers needs --fp32: the peers quantize the weights themselves.');

await setup();
const peers = options.peers ? await openPeers() : undefined;
const figures = { machine: machine(), ...(await measureModel()) };
if (options.labels) figures.accuracy = await measureAccuracy();
await peers?.close();
if (!options['no-kafka']) {
  say('Kafka to ClickHouse');
  const { measureEndToEnd } = await import('./end-to-end.mjs');
  const before = await part('bare-onnx', options.model);
  figures.endToEnd = await measureEndToEnd(Number(options.posts), options.model);
  const after = await part('bare-onnx', options.model);
  // The loop right before and right after: the machine may be faster or slower than it was minutes ago.
  figures.ratios.endToEndToBareOnnx = figures.endToEnd.postsPerSecond / ((before.postsPerSecond + after.postsPerSecond) / 2);
}
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${formatFigures(figures)}\n${JSON.stringify(figures)}\n`);

async function openPeers() {
  say('quantizing for the peers');
  const [{ loadModel }, { loadTokenizer }, { benchTexts }] = await Promise.all(
    ['../../dist/infer/model/model.js', '../../dist/infer/text/tokenizer.js', '../lib/posts.mjs'].map((file) => import(file)),
  );
  const tokenize = await loadTokenizer(await loadModel(options.model));
  const tokenIds = (texts) => texts.map((text) => tokenize(text).ids);
  return { ...(await preparePeers(options.peers, options.fp32, tokenIds(benchTexts(Number(options.posts))))), tokenIds };
}

/** Ours and the peers take turns, so that a noisy minute hits all of them. */
async function measureModel() {
  const measurements = {
    inference: () => part('inference', options.model),
    transformersQ8: () => part('transformers-js', options.model, 'q8'),
    bareOnnx: () => part('bare-onnx', options.model),
    ...(options.baseline && { baselineOnnx: () => part('bare-onnx', options.baseline) }),
    ...(options.fp32 && { transformersFp32: () => part('transformers-js', options.fp32, 'fp32') }),
    ...Object.fromEntries((peers?.engines ?? []).map((engine) => [engine, () => peers.measure(engine)])),
  };
  const runs = Object.fromEntries(Object.keys(measurements).map((name) => [name, []]));
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    say(`round ${round} of ${options.rounds}`);
    for (const [name, measure] of Object.entries(measurements)) runs[name].push(await measure());
  }
  const postsPerSecond = Object.fromEntries(
    Object.entries(runs).map(([name, values]) => [name, median(values.map((value) => value.postsPerSecond))]),
  );
  const { inference, ...others } = postsPerSecond;
  const ratios = Object.fromEntries(
    Object.entries(others).map(([name, rate]) => [`inferenceTo${name[0].toUpperCase()}${name.slice(1)}`, inference / rate]),
  );
  const { tokensPerSecond, paddingRatio, exitShare } = runs.inference[0];
  return {
    posts: Number(options.posts),
    tokenizer: await part('tokenizer', options.model),
    postsPerSecond,
    ratios,
    tokensPerSecond,
    paddingRatio,
    exitShare,
    ...(peers && { peerFailures: peers.failures }),
  };
}

/** Accuracy and macro recall on the labeled posts, cleaned in the same way for all. */
async function measureAccuracy() {
  say('accuracy');
  const [{ readLabeledPosts }, { evaluateModel }, { loadConfig }, { cleanForModel }, { readModel }] = await Promise.all(
    [
      'app/model-evaluation/labeled-posts',
      'app/model-evaluation/evaluate-model',
      'config/load-config',
      'infer/text/clean',
      'infer/model/model',
    ].map((file) => import(`../../dist/${file}.js`)),
  );
  const labeled = await readLabeledPosts(options.labels);
  const { report } = await evaluateModel(loadConfig({ env: {} }), labeled, { modelPath: options.model });
  const accuracy = { inference: { accuracy: report.accuracy, macroRecall: report.macroRecall } };
  const { labels } = await readModel(options.model);
  const rows = peers?.tokenIds(labeled.texts.map((text) => cleanForModel(text)));
  for (const engine of peers?.engines ?? []) {
    const { classes } = await peers.measure(engine, rows);
    accuracy[engine] = compare(
      labeled.truth,
      classes.map((index) => labels[index]),
    );
  }
  return accuracy;
}

function compare(truth, predicted) {
  const share = (indices) => indices.filter((index) => predicted[index] === truth[index]).length / indices.length;
  const indices = [...truth.keys()];
  const recalls = [...new Set(truth)].map((label) => share(indices.filter((index) => truth[index] === label)));
  return { accuracy: share(indices), macroRecall: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length };
}

async function part(name, ...args) {
  const script = fileURLToPath(new URL(`./parts/${name}.mjs`, import.meta.url));
  const { stdout } = await execute(process.execPath, [script, options.posts, ...args]);
  return JSON.parse(stdout);
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function say(what) {
  if (process.stderr.isTTY || !options.json) process.stderr.write(`… ${what}\n`);
}

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
