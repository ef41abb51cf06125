import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { type ModelInfo, modelFiles } from '../model/model.ts';

export interface Tokens {
  /** WordPiece ids from [CLS] to [SEP], at most the model's maximum length. */
  readonly ids: readonly number[];
  /** True if the text was longer. */
  readonly truncated: boolean;
}

export type Tokenize = (text: string) => Tokens;

/** Maximum characters per token: very long texts are cut before tokenization, beyond what `maxLength` could use. */
const charactersPerToken = 40;

/** Loads the tokenizer of a verified model. @throws MODEL_FAILED if the file is invalid or of an unsupported type */
export async function loadTokenizer(model: ModelInfo): Promise<Tokenize> {
  const tokenizer = await readTokenizer(model);
  const { maxLength } = model;
  return (text) => {
    const start = text.slice(0, maxLength * charactersPerToken);
    const { ids } = tokenizer.encode(start);
    const truncated = ids.length > maxLength || start.length < text.length;
    return { ids: ids.length > maxLength ? [...ids.slice(0, maxLength - 1), ...ids.slice(-1)] : ids, truncated };
  };
}

async function readTokenizer(model: ModelInfo): Promise<Tokenizer> {
  // A checksum does not validate the content: a downloaded file may contain anything.
  const readJson = async (file: string): Promise<object> => Object(JSON.parse(await readFile(join(model.dir, file), 'utf8')));
  try {
    return new Tokenizer(await readJson(modelFiles.tokenizer), await readJson(modelFiles.tokenizerConfig));
  } catch (thrown) {
    const message = `Cannot read the tokenizer ${join(model.dir, modelFiles.tokenizer)}: ${asError(thrown).message}.`;
    throw new FeedpulseError('MODEL_FAILED', message, { cause: thrown });
  }
}
