import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledModelPath } from '../../src/infer/model.ts';

/** Beyond the rows of the embedding table, so that the model itself refuses a batch that holds it. */
const idOutside = 40_000;

/** A copy of the bundled model in `folder`, sound by its manifest, that fails on every post with one of `words` in it. */
export async function poisonedModel(folder: string, ...words: readonly string[]): Promise<string> {
  await cp(bundledModelPath, folder, { recursive: true });
  const tokenizerFile = join(folder, 'tokenizer.json');
  const tokenizer = JSON.parse(await readFile(tokenizerFile, 'utf8')) as { model: { vocab: Record<string, number> } };
  for (const word of words) {
    if (tokenizer.model.vocab[word] === undefined) throw new Error(`${word} is no word of the vocabulary`);
    tokenizer.model.vocab[word] = idOutside;
  }
  const bytes = Buffer.from(JSON.stringify(tokenizer));
  await writeFile(tokenizerFile, bytes);
  const manifestFile = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as { files: Record<string, { bytes: number; sha256: string }> };
  manifest.files['tokenizer.json'] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  await writeFile(manifestFile, JSON.stringify(manifest));
  return folder;
}
