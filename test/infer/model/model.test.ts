import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadModel } from '../../../src/infer/model/model.ts';

const contents = {
  'config.json': '{}',
  'tokenizer.json': '{"model":{}}',
  'tokenizer_config.json': '{ }',
  'onnx/model_quantized.onnx': 'not really',
};

const manifest = {
  format: 1,
  name: 'tiny',
  version: '1.2.3',
  labels: ['negative', 'neutral', 'positive'],
  languages: ['en'],
  maxLength: 128,
  cleaning: 4,
  temperature: 1.25,
  files: Object.fromEntries(
    Object.entries(contents).map(([file, text]) => [file, { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') }]),
  ),
};

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-model-'));
  await mkdir(join(dir, 'onnx'));
  for (const [file, text] of Object.entries(contents)) await writeFile(join(dir, file), text);
  await writeManifest({});
});

afterEach(() => rm(dir, { recursive: true }));

function writeManifest(changes: object): Promise<void> {
  return writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...manifest, ...changes }));
}

test('a complete model loads with the id of its manifest', async () => {
  expect(await loadModel(dir)).toMatchObject({ id: 'tiny@1.2.3', temperature: 1.25, maxLength: 128, dir });
});

const graph = { lower: 'onnx/lower.onnx', upper: 'onnx/model_quantized.onnx', exit: { threshold: 0.9, temperature: 1.3 } };

test('a model may have two graphs, an exit and options of its session', async () => {
  await writeFile(join(dir, 'onnx/lower.onnx'), 'lower layers');
  const file = { bytes: 12, sha256: createHash('sha256').update('lower layers').digest('hex') };
  const session = { disabledOptimizers: ['SkipLayerNormFusion'] };
  await writeManifest({ format: 2, graph, session, files: { ...manifest.files, 'onnx/lower.onnx': file } });
  expect(await loadModel(dir)).toMatchObject({ id: 'tiny@1.2.3', graph, session });
  await writeManifest({});
  expect((await loadModel(dir)).session).toEqual({ disabledOptimizers: [] });
});

describe('names the bad file and the problem', () => {
  test('a missing directory', async () => {
    const nowhere = join(dir, 'nowhere');
    await expect(loadModel(nowhere)).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: `${join(nowhere, 'manifest.json')} is missing.`,
    });
  });

  test('a missing file', async () => {
    await rm(join(dir, 'tokenizer.json'));
    await expect(loadModel(dir)).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: `${join(dir, 'tokenizer.json')} is missing.`,
    });
  });

  test('a truncated file', async () => {
    const weights = join(dir, 'onnx/model_quantized.onnx');
    await truncate(weights, 4);
    await expect(loadModel(dir)).rejects.toMatchObject({ code: 'MODEL_CORRUPT', message: `${weights} is truncated: 4 of 10 bytes.` });
  });

  test('a longer file', async () => {
    await writeFile(join(dir, 'config.json'), '{"x":1}');
    await expect(loadModel(dir)).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
      message: `${join(dir, 'config.json')} is corrupt: 7 bytes instead of 2.`,
    });
  });

  test('one byte changed', async () => {
    await writeFile(join(dir, 'onnx/model_quantized.onnx'), 'not Really');
    await expect(loadModel(dir)).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
      message: expect.stringMatching(/model_quantized\.onnx is corrupt: its SHA-256/),
    });
  });

  test.each([
    ['a truncated manifest', '{"format": 1,', /manifest\.json is corrupt: it is not valid JSON/],
    ['another format', JSON.stringify({ ...manifest, format: 3 }), /format: /],
    ['format 2 without graphs', JSON.stringify({ ...manifest, format: 2 }), /graph: /],
    ['a graph left out', JSON.stringify({ ...manifest, format: 2, graph }), /does not list onnx\/lower\.onnx/],
    [
      'a threshold that no post reaches',
      JSON.stringify({ ...manifest, format: 2, graph: { ...graph, exit: { threshold: 1.01, temperature: 1 } } }),
      /graph\.exit\.threshold: /,
    ],
    [
      'the name of an optimizer with a separator',
      JSON.stringify({ ...manifest, session: { disabledOptimizers: ['a;b'] } }),
      /disabledOptimizers\.0: /,
    ],
    [
      'another cleaning version',
      JSON.stringify({ ...manifest, cleaning: 5 }),
      /cleaning: requires a different text cleaning version; this version of feedpulse has 4/,
    ],
    ['a label twice', JSON.stringify({ ...manifest, labels: ['positive', 'negative', 'positive'] }), /labels: needs negative and positive/],
    ['no negative label', JSON.stringify({ ...manifest, labels: ['neutral', 'positive'] }), /labels: needs negative and positive/],
    ['labels of another task', JSON.stringify({ ...manifest, labels: ['joy', 'anger'] }), /labels\.0: /],
    [
      'a path that leaves the directory',
      JSON.stringify({ ...manifest, files: { '../secret': { bytes: 1, sha256: '0'.repeat(64) } } }),
      /files\.\.\.\/secret: /,
    ],
    ['a tokenizer left out', JSON.stringify({ ...manifest, files: {} }), /does not list tokenizer\.json/],
    ['weights left out', JSON.stringify({ ...manifest, weights: 'onnx/model.onnx' }), /does not list onnx\/model\.onnx/],
  ])('%s', async (_, text, message) => {
    await writeFile(join(dir, 'manifest.json'), text);
    await expect(loadModel(dir)).rejects.toMatchObject({ code: 'MODEL_CORRUPT', message: expect.stringMatching(message) });
  });
});
