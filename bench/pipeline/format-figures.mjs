import { machineLine } from '../lib/machine.mjs';

const names = {
  bareOnnx: 'bare ONNX loop',
  baselineOnnx: 'bare ONNX loop, --baseline',
  transformersQ8: 'transformers.js q8, batch 32',
  transformersFp32: 'transformers.js fp32, batch 32',
  openvino: 'OpenVINO int8 (NNCF), batch 16',
  ctranslate2: 'CTranslate2 int8, batch 16',
  onnxruntime: 'ONNX Runtime dynamic int8, batch 16',
};

/** The figures of a run as a table. */
export function formatFigures({ machine, tokenizer, postsPerSecond, ratios, endToEnd, posts, ...figures }) {
  const { inference, ...others } = postsPerSecond;
  const percent = (value) => `${(100 * value).toFixed(1)}%`;
  const rate = (value) => `${Math.round(value)} posts/s`;
  const quality = (name) => {
    const measured = figures.accuracy?.[name];
    return measured ? `; macro recall ${percent(measured.macroRecall)}, accuracy ${percent(measured.accuracy)}` : '';
  };
  const batches = `${Math.round(figures.tokensPerSecond)} tokens/s, ${percent(figures.paddingRatio)} padding, ${percent(figures.exitShare)} early exits`;
  const rows = [
    ['tokenizer, one thread', rate(tokenizer.postsPerSecond), `${tokenizer.tokensPerPost.toFixed(1)} tokens per post`],
    ['inference, text to prediction', rate(inference), `${batches}${quality('inference')}`],
    ...Object.entries(others).map(([name, value]) => [
      names[name],
      rate(value),
      `feedpulse: ${(inference / value).toFixed(2)}×${quality(name)}`,
    ]),
    ...Object.entries(figures.peerFailures ?? {}).map(([name, reason]) => [names[name], 'failed', reason]),
  ];
  if (endToEnd) {
    const memory = endToEnd.residentMegabytes === undefined ? 'not measured' : `${Math.round(endToEnd.residentMegabytes)} MB`;
    rows.push(
      ['Kafka to ClickHouse', rate(endToEnd.postsPerSecond), `${ratios.endToEndToBareOnnx.toFixed(2)}× the bare ONNX loop`],
      ['  event-loop delay, p99', `${endToEnd.eventLoopDelayMs.toFixed(0)} ms`, 'maximum over 10 s windows'],
      ['  resident memory', memory, 'peak'],
      ['  latency at half load', `${endToEnd.latencyP95Ms} ms p95`, `${endToEnd.latencyP50Ms} ms p50, ${endToEnd.halfRate} posts/s`],
    );
  }
  const head = `${machineLine(machine)}; ${posts} distinct posts\n`;
  return head + rows.map(([what, figure, note]) => `  ${what.padEnd(38)}${figure.padStart(16)}   ${note}`).join('\n');
}
