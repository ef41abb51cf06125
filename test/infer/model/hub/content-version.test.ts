import { expect, test } from 'vitest';
import { contentVersion } from '../../../../src/infer/model/hub/content-version.ts';
import { bundledModelPath, readModel } from '../../../../src/infer/model/model.ts';

const model = await readModel(bundledModelPath);
const version = contentVersion(model);

test('the order of the files and what nobody reads among them make no other version', () => {
  const files = Object.fromEntries([...Object.entries(model.files), ['LICENSE', { bytes: 1, sha256: '0'.repeat(64) }] as const].reverse());
  expect(contentVersion({ ...model, files })).toBe(version);
});

test.each([
  ['another tokenizer', { files: { ...model.files, 'tokenizer.json': { bytes: 1, sha256: '0'.repeat(64) } } }],
  ['other weights', { files: { ...model.files, [model.weights]: { bytes: 1, sha256: '0'.repeat(64) } } }],
  ['other labels', { labels: [...model.labels].reverse() }],
  ['other languages', { languages: ['en', 'de'] }],
  ['another length', { maxLength: 64 }],
  ['another clean-up', { cleaning: 1 }],
])('%s makes another version', (_, change) => {
  expect(contentVersion({ ...model, ...change })).not.toBe(version);
});
