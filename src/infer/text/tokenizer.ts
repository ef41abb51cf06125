import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { type ModelInfo, modelFiles } from '../model/model.ts';

export interface Tokens {
  /** WordPiece ids from [CLS] to [SEP], at most the model's maximum length: of a longer text, its beginning and its end. */
  readonly ids: readonly number[];
  /** True if the text was longer, so that its middle is left out. */
  readonly truncated: boolean;
}

export type Tokenize = (text: string) => Tokens;

/** Maximum characters per token: of very long texts, only so much of the beginning and of the end is tokenized. */
const charactersPerToken = 40;

/**
 * Share of the maximum length that goes to the beginning of a longer text; the rest goes to its end, where the opinion often is.
 * Chosen with training/evaluate/measure_long_posts.py.
 */
const beginningShare = 0.75;

/** Loads the tokenizer of a verified model. @throws MODEL_FAILED if the file is invalid or of an unsupported type */
export async function loadTokenizer(model: ModelInfo): Promise<Tokenize> {
  const encode = await readTokenizer(model);
  const { maxLength } = model;
  const maxCharacters = maxLength * charactersPerToken;
  const beginning = Math.round(maxLength * beginningShare);
  return (text) => {
    if (text.length <= 2 * maxCharacters) return shorten(encode(text));
    // [SEP] of the beginning and [CLS] of the end are inside.
    return shorten([...encode(text.slice(0, maxCharacters)).slice(0, -1), ...encode(text.slice(-maxCharacters)).slice(1)], true);
  };

  function shorten(ids: number[], isCut = false): Tokens {
    if (ids.length <= maxLength) return { ids, truncated: isCut };
    return { ids: [...ids.slice(0, beginning), ...ids.slice(beginning - maxLength)], truncated: true };
  }
}

type Encode = (text: string) => number[];

async function readTokenizer(model: ModelInfo): Promise<Encode> {
  // A checksum does not validate the content: a downloaded file may contain anything.
  const readJson = async (file: string): Promise<object> => Object(JSON.parse(await readFile(join(model.dir, file), 'utf8')));
  try {
    const file = await readJson(modelFiles.tokenizer);
    const tokenizer = new Tokenizer(file, await readJson(modelFiles.tokenizerConfig));
    const encode: Encode = (text) => tokenizer.encode(text).ids;
    const bert = bertTokenizer.safeParse(file);
    return bert.success ? encodeByWord(encode, bert.data.added_tokens) : encode;
  } catch (thrown) {
    const message = `Cannot read the tokenizer ${join(model.dir, modelFiles.tokenizer)}: ${asError(thrown).message}.`;
    throw new FeedpulseError('MODEL_FAILED', message, { cause: thrown });
  }
}

/** BERT's tokenizer: words are independent of each other, and each text is [CLS], its words, [SEP]. */
const bertTokenizer = z.object({
  normalizer: z.object({ type: z.literal('BertNormalizer') }),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  model: z.object({ type: z.literal('WordPiece') }),
  post_processor: z.object({
    single: z.tuple([
      z.object({ SpecialToken: z.object({}) }),
      z.object({ Sequence: z.object({}) }),
      z.object({ SpecialToken: z.object({}) }),
    ]),
  }),
  added_tokens: z.array(z.object({ content: z.string().regex(/^[^\t\n\r ]+$/) })),
});

/** BERT splits at whitespace, and makes a token of each punctuation character. Other characters are left to the tokenizer. */
const wordPattern = /[!-/:-@[-`{-~]|[^\t\n\r !-/:-@[-`{-~]+/g;
const maxCachedWords = 20_000;
const maxCachedLength = 30;

/**
 * Encodes word by word and remembers the ids of words: posts repeat them, and looking one up takes a tenth of the time. A text with
 * an added token, such as `[SEP]`, is encoded as a whole; so is one with a capital sigma, whose lower case depends on the letters
 * before it, also across punctuation.
 */
function encodeByWord(encode: Encode, addedTokens: readonly { readonly content: string }[]): Encode {
  const encodeWord = (word: string): number[] => encode(word).slice(1, -1);
  // Cleared when full: keeping the recent words costs more per word than encoding the frequent ones again.
  const known = new Map<string, number[]>();
  const encodeKnown = (word: string): number[] => {
    const remembered = known.get(word);
    if (remembered) return remembered;
    const ids = encodeWord(word);
    if (known.size >= maxCachedWords) known.clear();
    if (word.length <= maxCachedLength) known.set(word, ids);
    return ids;
  };
  const [start = 0, end = 0] = encode('');
  return (text) => {
    if (text.includes('Σ') || addedTokens.some(({ content }) => text.includes(content))) return encode(text);
    const ids = [start];
    for (const word of text.match(wordPattern) ?? []) ids.push(...encodeKnown(word));
    ids.push(end);
    return ids;
  };
}
