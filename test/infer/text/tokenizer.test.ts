import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledModelPath, readModel } from '../../../src/infer/model/model.ts';
import { loadTokenizer } from '../../../src/infer/text/tokenizer.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-tokenizer-'));
  await writeFile(join(dir, 'tokenizer_config.json'), '{}');
});
afterAll(() => rm(dir, { recursive: true }));

test.each([
  ['not JSON', '{'],
  ['not an object', 'null'],
  ['empty', '{}'],
  ['unsupported model type', JSON.stringify({ model: { type: 'Runes' }, decoder: null, post_processor: null, pre_tokenizer: null })],
])('an invalid tokenizer file is rejected: %s', async (_, text) => {
  await writeFile(join(dir, 'tokenizer.json'), text);
  const model = { ...(await readModel(bundledModelPath)), dir };
  const message = expect.stringMatching(/^Cannot read the tokenizer .*tokenizer\.json: ./);
  await expect(loadTokenizer(model)).rejects.toMatchObject({ code: 'MODEL_FAILED', message });
});
