import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { type ModelInfo, modelFiles } from './model.ts';

export interface Tokens {
  /** WordPiece ids, [CLS] first and [SEP] last, at most the model's maximum length. */
  readonly ids: readonly number[];
  /** True when the text was longer than that. */
  readonly truncated: boolean;
}

export type Tokenize = (text: string) => Tokens;

/** A word rarely has more: what is cut off here, before WordPiece reads it, would be cut off after it as well. */
const charactersPerToken = 40;

/** The tokenizer of a model whose files were checked. */
export async function loadTokenizer(model: ModelInfo): Promise<Tokenize> {
  const [definition, config] = await Promise.all([readJson(model, modelFiles.tokenizer), readJson(model, modelFiles.tokenizerConfig)]);
  const tokenizer = new Tokenizer(definition, config);
  const longest = model.maxLength;
  return (text) => {
    const bounded = text.slice(0, longest * charactersPerToken);
    const { ids } = tokenizer.encode(bounded);
    const truncated = ids.length > longest || bounded.length < text.length;
    return { ids: ids.length > longest ? [...ids.slice(0, longest - 1), ...ids.slice(-1)] : ids, truncated };
  };
}

async function readJson(model: ModelInfo, file: string): Promise<object> {
  // The file's SHA-256 is the manifest's: it is the JSON object that training wrote.
  return JSON.parse(await readFile(join(model.folder, file), 'utf8')) as object;
}
