import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { bundledModelPath, readModel } from '../../../src/infer/model/model.ts';
import { loadTokenizer, type Tokenize } from '../../../src/infer/text/tokenizer.ts';

let tokenize: Tokenize;
let whole: Tokenizer;

beforeAll(async () => {
  const readJson = async (file: string): Promise<object> => JSON.parse(await readFile(join(bundledModelPath, file), 'utf8')) as object;
  tokenize = await loadTokenizer({ ...(await readModel(bundledModelPath)), maxLength: 512 });
  whole = new Tokenizer(await readJson('tokenizer.json'), await readJson('tokenizer_config.json'));
});

/** Pieces that could depend on their neighbors: accents, control and format characters, CJK, added tokens, long words. */
const piece = fc.oneof(
  fc.constantFrom(
    'good',
    'Straße',
    'café',
    'e',
    '\u0301',
    '\u0338',
    '≠',
    '=',
    '’',
    '—',
    '…',
    '😂',
    '👩‍💻',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u00a0',
  ),
  fc.constantFrom(
    '\u3000',
    '\t',
    '\n',
    '\r',
    '\u0000',
    '\u0085',
    '\u2028',
    '東京',
    'ΟΔΟΣ',
    'Σ',
    'İ',
    'ﬁ',
    '[CLS]',
    '[',
    'SEP',
    ']',
    '[UNK]',
    '\ud83d',
    '\ufffd',
  ),
  fc.constantFrom('a'.repeat(31), 'b'.repeat(120), '##ing', "don't", '@user', 'http', '$9.99', '``', '<b>', '&amp;', '~~'),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
);

test('encoding word by word gives the ids of the whole text', () => {
  const separator = fc.constantFrom('', ' ', '  ', '\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, separator), { maxLength: 20 }), (pieces) => {
      const text = pieces.flat().join('');
      expect(tokenize(text).ids).toEqual(whole.encode(text).ids);
    }),
    { numRuns: 3_000 },
  );
});
