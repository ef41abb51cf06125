import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { type ModelInfo, modelFiles } from './model.ts';

export interface Tokens {
  /** WordPiece ids, [CLS] first and [SEP] last, at most the model's maximum length. */
  readonly ids: readonly number[];
  readonly truncated: boolean;
}

export type Tokenize = (text: string) => Tokens;

/** A word is rarely longer, and WordPiece's cost grows with what it reads: what is cut here would be cut anyway. */
const charactersPerToken = 40;

export async function loadTokenizer(model: ModelInfo): Promise<Tokenize> {
  const [definition, config] = await Promise.all([modelFiles.tokenizer, modelFiles.tokenizerConfig].map((file) => readJson(join(model.folder, file))));
  const tokenizer = new Tokenizer(definition ?? {}, config ?? {});
  const longest = model.maxLength;
  return (text) => {
    const bounded = text.slice(0, longest * charactersPerToken);
    const { ids } = tokenizer.encode(bounded);
    if (ids.length <= longest && bounded.length === text.length) return { ids, truncated: false };
    const separator = ids.at(-1) ?? 0;
    return { ids: ids.length <= longest ? ids : [...ids.slice(0, longest - 1), separator], truncated: true };
  };
}

async function readJson(path: string): Promise<object> {
  // The file's SHA-256 has been checked against the manifest: it is the JSON object that training wrote.
  return JSON.parse(await readFile(path, 'utf8')) as object;
}
