import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledModelPath } from '../../src/infer/model.ts';

/** Beyond the rows of the embedding table, so that the model itself refuses a batch that holds it. */
const idOutside = 40_000;

type Vocabulary = Record<string, number>;

/** A copy of the bundled model in `folder`, sound by its manifest, that fails on every post with one of `words` in it. */
export function poisonedModel(folder: string, ...words: readonly string[]): Promise<string> {
  const alter = (vocabulary: Vocabulary): void => {
    for (const word of words) vocabulary[known(vocabulary, word)] = idOutside;
  };
  return alteredModel(folder, { alter });
}

/** A copy of the bundled model in `folder` of another version, which reads each word of `swaps` as the one behind it. */
export function swappedModel(folder: string, version: string, swaps: Readonly<Record<string, string>>): Promise<string> {
  const alter = (vocabulary: Vocabulary): void => {
    for (const [word, as] of Object.entries(swaps)) vocabulary[known(vocabulary, word)] = vocabulary[known(vocabulary, as)] ?? 0;
  };
  return alteredModel(folder, { version, alter });
}

function known(vocabulary: Vocabulary, word: string): string {
  if (vocabulary[word] === undefined) throw new Error(`${word} is no word of the vocabulary`);
  return word;
}

async function alteredModel(
  folder: string,
  { alter, version }: { alter: (vocabulary: Vocabulary) => void; version?: string },
): Promise<string> {
  await cp(bundledModelPath, folder, { recursive: true });
  const tokenizerFile = join(folder, 'tokenizer.json');
  const tokenizer = JSON.parse(await readFile(tokenizerFile, 'utf8')) as { model: { vocab: Vocabulary } };
  alter(tokenizer.model.vocab);
  const bytes = Buffer.from(JSON.stringify(tokenizer));
  await writeFile(tokenizerFile, bytes);
  const manifestFile = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as {
    version: string;
    files: Record<string, { bytes: number; sha256: string }>;
  };
  if (version !== undefined) manifest.version = version;
  manifest.files['tokenizer.json'] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  await writeFile(manifestFile, JSON.stringify(manifest));
  return folder;
}
