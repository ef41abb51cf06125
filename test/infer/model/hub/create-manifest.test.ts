import { expect, test } from 'vitest';
import { contentVersion, inferLabels } from '../../../../src/infer/model/hub/create-manifest.ts';

test.each([
  ['in capitals', { 0: 'NEGATIVE', 1: 'POSITIVE' }, ['negative', 'positive']],
  ['in another order, with unsorted keys', { 2: 'negative', 0: 'positive', 1: 'neutral' }, ['positive', 'neutral', 'negative']],
  ['abbreviated', { 0: 'POS', 1: 'NEU', 2: 'NEG' }, ['positive', 'neutral', 'negative']],
])('labels come from config.json: %s', (_, id2label, labels) => {
  expect(inferLabels({ id2label }, undefined, 128)).toEqual(labels);
});

test.each([
  ['numbered classes', { id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } }],
  ['star ratings', { id2label: { 0: '1 star', 1: '2 stars', 2: '3 stars' } }],
  ['a duplicate label', { id2label: { 0: 'negative', 1: 'NEG', 2: 'positive' } }],
  ['no classes', {}],
])('labels must be given if config.json has %s', (_, config) => {
  expect(() => inferLabels(config, undefined, 128)).toThrow(/list them in order in `labels`/);
});

test('given labels override config.json and must match its number of classes', () => {
  const config = { id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } };
  expect(inferLabels(config, ['positive', 'negative'], 128)).toEqual(['positive', 'negative']);
  expect(() => inferLabels(config, ['negative', 'neutral', 'positive'], 128)).toThrow(/has 2 classes/);
});

test.each([
  ['bert', 512],
  ['roberta', 510],
  ['xlm-roberta', 510],
])('a %s model with 512 positions takes at most %i tokens', (model_type, longest) => {
  const config = { model_type, max_position_embeddings: 512 };
  expect(inferLabels(config, ['negative', 'positive'], longest)).toEqual(['negative', 'positive']);
  expect(() => inferLabels(config, ['negative', 'positive'], longest + 1)).toThrow(`at most ${longest} `);
});

test('an invalid config.json, or a model with too few positions, is rejected', () => {
  expect(() => inferLabels(undefined, undefined, 128)).toThrow(/does not describe a text classification model/);
  expect(() => inferLabels({ id2label: ['a'] }, undefined, 128)).toThrow(/does not describe a text classification model/);
  expect(() => inferLabels({ max_position_embeddings: 64 }, ['negative', 'positive'], 128)).toThrow(/`maxLength` must be at most 64 /);
});

const file = { bytes: 2, sha256: 'a'.repeat(64) };
const weights = 'onnx/model_quantized.onnx';
const model = {
  labels: ['negative', 'neutral', 'positive'] as const,
  languages: ['en'],
  maxLength: 128,
  cleaning: 3,
  weights,
  files: { 'config.json': file, 'tokenizer.json': file, 'tokenizer_config.json': file, [weights]: file },
};
const version = contentVersion(model);

test('the version ignores the order of the files and files that are not read', () => {
  const files = Object.fromEntries([...Object.entries(model.files), ['LICENSE', { bytes: 1, sha256: '0'.repeat(64) }] as const].reverse());
  expect(contentVersion({ ...model, files })).toBe(version);
});

test.each([
  ['tokenizer', { files: { ...model.files, 'tokenizer.json': { bytes: 1, sha256: '0'.repeat(64) } } }],
  ['set of weights', { files: { ...model.files, [model.weights]: { bytes: 1, sha256: '0'.repeat(64) } } }],
  ['order of labels', { labels: [...model.labels].reverse() }],
  ['list of languages', { languages: ['en', 'de'] }],
  ['maximum length', { maxLength: 64 }],
  ['cleaning version', { cleaning: 1 }],
])('another %s changes the version', (_, change) => {
  expect(contentVersion({ ...model, ...change })).not.toBe(version);
});
