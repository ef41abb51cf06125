import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { type ModelInfo, modelFiles } from '../model/model.ts';

export interface Tokens {
  /** WordPiece ids, [CLS] first and [SEP] last, at most the model's maximum length. */
  readonly ids: readonly number[];
  /** True when the text was longer than that. */
  readonly truncated: boolean;
}

export type Tokenize = (text: string) => Tokens;

/** A word rarely has more: what is cut off here, before WordPiece reads it, would be cut off after it as well. */
const charactersPerToken = 40;

/** The tokenizer of a model whose files were checked. Rejects with MODEL_FAILED where it is none, or of a kind that can't be read. */
export async function loadTokenizer(model: ModelInfo): Promise<Tokenize> {
  const tokenizer = await readTokenizer(model);
  const longest = model.maxLength;
  return (text) => {
    const bounded = text.slice(0, longest * charactersPerToken);
    const { ids } = tokenizer.encode(bounded);
    const truncated = ids.length > longest || bounded.length < text.length;
    return { ids: ids.length > longest ? [...ids.slice(0, longest - 1), ...ids.slice(-1)] : ids, truncated };
  };
}

async function readTokenizer(model: ModelInfo): Promise<Tokenizer> {
  // That a file is the one of the manifest does not say what is in it: a pinned one may be anything.
  const readJson = async (file: string): Promise<object> => Object(JSON.parse(await readFile(join(model.folder, file), 'utf8')));
  try {
    return new Tokenizer(await readJson(modelFiles.tokenizer), await readJson(modelFiles.tokenizerConfig));
  } catch (thrown) {
    const why = `feedpulse can't read this tokenizer, ${join(model.folder, modelFiles.tokenizer)}: ${asError(thrown).message}.`;
    throw new FeedpulseError('MODEL_FAILED', why, { cause: thrown });
  }
}
