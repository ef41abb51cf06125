import { expect, test } from 'vitest';
import { labelsOf } from '../../../../src/infer/model/hub/create-manifest.ts';

test.each([
  ['in capitals', { 0: 'NEGATIVE', 1: 'POSITIVE' }, ['negative', 'positive']],
  ['in another order, told out of order', { 2: 'negative', 0: 'positive', 1: 'neutral' }, ['positive', 'neutral', 'negative']],
  ['abbreviated', { 0: 'POS', 1: 'NEU', 2: 'NEG' }, ['positive', 'neutral', 'negative']],
])('classes are read from config.json: %s', (_, id2label, labels) => {
  expect(labelsOf({ id2label }, undefined, 128)).toEqual(labels);
});

test.each([
  ['numbers', { id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } }],
  ['stars', { id2label: { 0: '1 star', 1: '2 stars', 2: '3 stars' } }],
  ['one of them twice', { id2label: { 0: 'negative', 1: 'NEG', 2: 'positive' } }],
  ['nothing', {}],
])('where it calls them %s, they must be named', (_, config) => {
  expect(() => labelsOf(config, undefined, 128)).toThrow(/name each with --labels/);
});

test('named classes go before those of config.json, and are as many', () => {
  const config = { id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } };
  expect(labelsOf(config, ['positive', 'negative'], 128)).toEqual(['positive', 'negative']);
  expect(() => labelsOf(config, ['negative', 'neutral', 'positive'], 128)).toThrow(/has 2 classes/);
});

test.each([
  ['bert', 512],
  ['roberta', 510],
  ['xlm-roberta', 510],
])('a %s with 512 positions reads %i tokens', (model_type, longest) => {
  const config = { model_type, max_position_embeddings: 512 };
  expect(labelsOf(config, ['negative', 'positive'], longest)).toEqual(['negative', 'positive']);
  expect(() => labelsOf(config, ['negative', 'positive'], longest + 1)).toThrow(`at most ${longest} `);
});

test('a config of another kind, or a model that reads less, is refused', () => {
  expect(() => labelsOf(undefined, undefined, 128)).toThrow(/not that of a model/);
  expect(() => labelsOf({ id2label: ['a'] }, undefined, 128)).toThrow(/not that of a model/);
  expect(() => labelsOf({ max_position_embeddings: 64 }, ['negative', 'positive'], 128)).toThrow(/--max-length is at most 64 /);
});
