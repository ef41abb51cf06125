import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Field numbers of ModelProto, GraphProto, NodeProto and TensorProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const modelFields = { graph: 7, opset: 8 };
const graphFields = { node: 1, initializer: 5, output: 12 };
const nodeFields = { input: 1, output: 2, name: 3 };
const tensorName = 8;

/**
 * Writes a copy of a model with a lower and an upper graph in which both are one, `onnx/model_quantized.onnx`, the file that
 * transformers.js loads. It has no early exit.
 */
export function writeJoinedModel(model, out) {
  const { graph } = JSON.parse(readFileSync(join(model, 'manifest.json'), 'utf8'));
  mkdirSync(join(out, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) cpSync(join(model, file), join(out, file));
  const [lower, upper] = [graph.lower, graph.upper].map((file) => readFileSync(join(model, file)));
  writeFileSync(join(out, 'onnx/model_quantized.onnx'), joinGraphs(lower, upper));
}

/** Names that both graphs mean, and the output. Other names of the upper graph get a prefix. */
const sharedNames = ['hidden', 'attention_mask', 'logits'];

function joinGraphs(lower, upper) {
  const graphOf = (model) => fieldsOf(model).find(({ number }) => number === modelFields.graph).content;
  const graph = [
    ...fieldsOf(graphOf(lower)).flatMap(({ number, whole }) => (number === graphFields.output ? [] : [whole])),
    ...fieldsOf(graphOf(upper)).flatMap(prefixNames),
  ];
  const rest = fieldsOf(lower).flatMap(({ number, whole }) => (number === modelFields.graph ? [] : [whole]));
  const opsets = fieldsOf(upper).flatMap(({ number, whole }) => (number === modelFields.opset ? [whole] : []));
  const newOpsets = opsets.filter((opset) => !rest.some((field) => field.equals(opset)));
  return Buffer.concat([...rest, ...newOpsets, field(modelFields.graph, graph)]);
}

/** A field of the upper graph in the joined one. */
function prefixNames({ number, content, whole }) {
  const prefix = (names) => (part) => {
    if (!names.includes(part.number) || part.content.length === 0 || sharedNames.includes(String(part.content))) return part.whole;
    return field(part.number, [Buffer.from('upper.'), part.content]);
  };
  if (number === graphFields.node) return [field(number, fieldsOf(content).map(prefix(Object.values(nodeFields))))];
  if (number === graphFields.initializer) return [field(number, fieldsOf(content).map(prefix([tensorName])))];
  return number === graphFields.output ? [whole] : [];
}

function field(number, parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(number * 8 + 2), varint(length), ...parts]);
}

/** The fields of a Protocol Buffers message: https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(message) {
  const fields = [];
  for (let at = 0; at < message.length; ) {
    const start = at;
    const tag = readVarint(message, at);
    const kind = tag.value % 8;
    if (kind !== 0 && kind !== 2) throw new Error(`The ONNX file has a field of type ${kind} where none is expected.`);
    const { value, end } = readVarint(message, tag.end);
    at = kind === 2 ? end + value : end;
    fields.push({ number: Math.floor(tag.value / 8), content: message.subarray(end, at), whole: message.subarray(start, at) });
  }
  return fields;
}

/** Seven bits per byte, the lowest first. Sizes exceed 32 bits in no model that fits into memory. */
function readVarint(message, start) {
  let value = 0;
  let end = start;
  for (let factor = 1; ; factor *= 128) {
    const byte = message[end++];
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end };
  }
}

function varint(value) {
  return value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value % 128) + 128), varint(Math.floor(value / 128))]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [model, out] = process.argv.slice(2);
  if (!out) {
    process.stderr.write('Usage: node scripts/join-graphs.mjs MODEL OUT\n');
    process.exit(2);
  }
  writeJoinedModel(model, out);
}
