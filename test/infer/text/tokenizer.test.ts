import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledModelPath, readModel } from '../../../src/infer/model/model.ts';
import { loadTokenizer } from '../../../src/infer/text/tokenizer.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-tokenizer-'));
  await writeFile(join(folder, 'tokenizer_config.json'), '{}');
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['not JSON', '{'],
  ['not an object', 'null'],
  ['empty', '{}'],
  ['unsupported model type', JSON.stringify({ model: { type: 'Runes' }, decoder: null, post_processor: null, pre_tokenizer: null })],
])('an invalid tokenizer file is rejected: %s', async (_, text) => {
  await writeFile(join(folder, 'tokenizer.json'), text);
  const model = { ...(await readModel(bundledModelPath)), folder };
  const message = expect.stringMatching(/^Cannot read the tokenizer .*tokenizer\.json: ./);
  await expect(loadTokenizer(model)).rejects.toMatchObject({ code: 'MODEL_FAILED', message });
});
