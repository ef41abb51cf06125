import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { setup } from '../../scripts/setup.mjs';
import { machine, machineLine } from '../lib/machine.mjs';

const execute = promisify(execFile);
const help = `Benchmarks tokenizer, inference, Kafka to ClickHouse, latency and memory, with other libraries for comparison.

  --posts N      posts per measurement (default: 4096)
  --rounds N     rounds; feedpulse and the others alternate, and the median is reported (default: 3)
  --fp32 DIR     a model directory with onnx/model.onnx, to include transformers.js in fp32
  --no-kafka     skip what needs a broker
  --json         print one JSON object instead of the table
`;
const { values: options } = parseArgs({
  options: {
    posts: { type: 'string', default: '4096' },
    rounds: { type: 'string', default: '3' },
    fp32: { type: 'string' },
    'no-kafka': { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit();
}
if (options.fp32 && !existsSync(`${options.fp32}/onnx/model.onnx`)) {
  process.stderr.write(`${options.fp32} has no onnx/model.onnx; training/export/ writes one.\n`);
  process.exit(2);
}

await setup();
const figures = { machine: machine(), ...(await measureModel()) };
if (!options['no-kafka']) {
  say('Kafka to ClickHouse');
  const { measureEndToEnd } = await import('./end-to-end.mjs');
  const before = await part('bare-onnx');
  figures.endToEnd = await measureEndToEnd(Number(options.posts));
  const after = await part('bare-onnx');
  // The loop right before and right after: the machine may be faster or slower than it was minutes ago.
  figures.ratios.endToEndToBareOnnx = figures.endToEnd.postsPerSecond / ((before.postsPerSecond + after.postsPerSecond) / 2);
}
process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `${table(figures)}\n${JSON.stringify(figures)}\n`);

/** Ours and the peers take turns, so that a noisy minute hits all of them. */
async function measureModel() {
  const runs = { inference: [], bareOnnx: [], transformersQ8: [], transformersFp32: [] };
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    say(`round ${round} of ${options.rounds}`);
    runs.inference.push(await part('inference'));
    runs.transformersQ8.push(await part('transformers-js', 'q8'));
    runs.bareOnnx.push(await part('bare-onnx'));
    if (options.fp32) runs.transformersFp32.push(await part('transformers-js', 'fp32', options.fp32));
  }
  const medians = Object.fromEntries(
    Object.entries(runs).map(([name, values]) => [name, median(values.map(({ postsPerSecond }) => postsPerSecond))]),
  );
  const { inference, bareOnnx, transformersQ8, transformersFp32 } = medians;
  const ratios = {
    inferenceToTransformersQ8: inference / transformersQ8,
    inferenceToTransformersFp32: inference / transformersFp32,
    inferenceToBareOnnx: inference / bareOnnx,
  };
  return { posts: Number(options.posts), tokenizer: await part('tokenizer'), ...medians, ratios };
}

async function part(name, ...args) {
  const script = fileURLToPath(new URL(`./parts/${name}.mjs`, import.meta.url));
  const { stdout } = await execute(process.execPath, [script, options.posts, ...args]);
  return JSON.parse(stdout);
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function table({ machine: facts, tokenizer, inference, bareOnnx, transformersQ8, transformersFp32, ratios, endToEnd, posts }) {
  const rate = (value) => (value === undefined ? 'not measured' : `${Math.round(value)} posts/s`);
  const megabytes = (value) => (value === undefined ? 'not measured' : `${Math.round(value)} MB`);
  const rows = [
    ['tokenizer, one thread', rate(tokenizer.postsPerSecond), `${tokenizer.tokensPerPost.toFixed(1)} tokens per post`],
    ['inference, text to prediction', rate(inference), ''],
    ['bare ONNX loop', rate(bareOnnx), `feedpulse: ${ratios.inferenceToBareOnnx.toFixed(2)}×`],
    ['transformers.js q8, batch 32', rate(transformersQ8), `feedpulse: ${ratios.inferenceToTransformersQ8.toFixed(2)}×`],
    [
      'transformers.js fp32, batch 32',
      rate(transformersFp32),
      transformersFp32 ? `feedpulse: ${ratios.inferenceToTransformersFp32.toFixed(2)}×` : 'needs --fp32',
    ],
  ];
  if (endToEnd) {
    rows.push(
      ['Kafka to ClickHouse', rate(endToEnd.postsPerSecond), `${ratios.endToEndToBareOnnx.toFixed(2)}× the bare ONNX loop`],
      ['  event-loop delay, p99', `${endToEnd.eventLoopDelayMs.toFixed(0)} ms`, 'maximum over 10 s windows'],
      ['  resident memory', megabytes(endToEnd.residentMegabytes), 'peak'],
      ['  latency at half load', `${endToEnd.latencyP95Ms} ms p95`, `${endToEnd.latencyP50Ms} ms p50, ${endToEnd.halfRate} posts/s`],
    );
  }
  const head = `${machineLine(facts)}; ${posts} distinct posts\n`;
  return head + rows.map(([what, figure, note]) => `  ${what.padEnd(32)}${figure.padStart(16)}   ${note}`).join('\n');
}

function say(what) {
  if (process.stderr.isTTY || !options.json) process.stderr.write(`… ${what}\n`);
}
