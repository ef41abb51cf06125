import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundledModelPath } from '../../src/infer/model/model.ts';
import { field, text, varint } from './protobuf.ts';

const joinGraphs = fileURLToPath(new URL('../../scripts/join-graphs.mjs', import.meta.url));

/** Of the bundled model, as stored. */
interface ManifestFields extends Readonly<Record<string, unknown>> {
  readonly graph: unknown;
}

/**
 * Writes a copy of the bundled model to `dir` in one ONNX file, without an exit and without a neutral class, like public models of film reviews: its logits are
 * negative and positive. It also has the input `token_type_ids`, like BERT. Concatenated Protocol Buffers messages of the same
 * type are merged, so additions to the graph are appended to the file:
 * https://protobuf.dev/programming-guides/encoding/#last-one-wins
 */
export async function twoClassModel(dir: string): Promise<string> {
  await promisify(execFile)(process.execPath, [joinGraphs, bundledModelPath, dir]);
  const weightsFile = 'onnx/model_quantized.onnx';
  const weights = join(dir, weightsFile);
  const bytes = await readFile(weights);
  const replace = (from: string, to: string): void => {
    const at = bytes.indexOf(from, 0, 'latin1');
    if (at < 0) throw new Error('the graph of the bundled model has changed');
    bytes.write(to, at, 'latin1');
  };
  replace('\x12\x06logits\x1a', '\x12\x06logit3\x1a'); // the output of the last node
  replace(
    '\x0a\x06logits\x12\x13\x0a\x11\x08\x01\x12\x0d\x0a\x07\x12\x05batch\x0a\x02\x08\x03',
    `\x0a\x06logits\x12\x13\x0a\x11\x08\x01\x12\x0d\x0a\x07\x12\x05batch\x0a\x02\x08\x02`,
  ); // its declared shape
  const classIndices = field(5, varint(1, 2), varint(2, 7), varint(7, 0), varint(7, 2), text(8, 'class_indices')); // TensorProto: int64 [2]
  const gather = field(
    1,
    text(1, 'logit3'),
    text(1, 'class_indices'),
    text(2, 'logits'),
    text(4, 'Gather'),
    field(5, text(1, 'axis'), varint(3, 1), varint(20, 2)),
  );
  const shape = field(2, field(1, text(2, 'batch')), field(1, text(2, 'sequence')));
  const segments = field(11, text(1, 'token_type_ids'), field(2, field(1, varint(1, 7), shape)));
  await writeFile(weights, Buffer.concat([bytes, field(7, gather, classIndices, segments)]));
  const config = { id2label: { 0: 'NEGATIVE', 1: 'POSITIVE' }, max_position_embeddings: 512 };
  await writeFile(join(dir, 'config.json'), JSON.stringify(config));
  const { graph: _, ...manifest } = JSON.parse(await readFile(join(bundledModelPath, 'manifest.json'), 'utf8')) as ManifestFields;
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', weightsFile];
  const infos = await Promise.all(files.map(async (file) => [file, fileInfo(await readFile(join(dir, file)))] as const));
  const changes = { format: 1, name: 'two-classes', labels: ['negative', 'positive'], files: Object.fromEntries(infos) };
  await writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...manifest, ...changes }));
  return dir;
}

/** Changes the weights of the bundled model to accept one row per batch only, as some exports do. */
export function oneRowWeights(weights: Buffer): Buffer {
  // The first dimension of the inputs is named `batch`; the fixed size 1 is encoded in the same number of bytes.
  const batchDimension = Buffer.from('\x0a\x07\x12\x05batch', 'latin1');
  const fixedDimension = Buffer.from('\x0a\x07\x08\x81\x80\x80\x80\x80\x00', 'latin1');
  const altered = Buffer.from(weights);
  for (let at = altered.indexOf(batchDimension); at >= 0; at = altered.indexOf(batchDimension, at)) fixedDimension.copy(altered, at);
  return altered;
}

function fileInfo(bytes: Buffer): { bytes: number; sha256: string } {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
