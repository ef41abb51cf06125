import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cleaningVersion } from '../../src/infer/text/clean.ts';
import { field, text, varint } from './protobuf.ts';

export interface TinyModelOptions {
  readonly name?: string;
  readonly version?: string;
  readonly languages?: readonly string[];
  /** The text cleaning, as in the manifest. */
  readonly cleaning?: unknown;
  readonly positive?: readonly string[];
  readonly negative?: readonly string[];
  /** Words that make the model fail on every batch with a post that contains them. */
  readonly failingWords?: readonly string[];
  /** Two ONNX files instead of one, and an exit for posts with at least two more words of a kind. */
  readonly split?: boolean;
}

/** Words with a sentiment, in lower case. */
const lexicon = {
  positive:
    'amazing awesome best brilliant cheers enjoy excellent fantastic good great happy like love loved lovely nice perfect pleased recommend thanks wonderful'.split(
      ' ',
    ),
  negative:
    'angry annoyed annoying awful bad broke broken crying disappointed fail hate horrible lost never poor refund rude sad slow terrible useless worst wrong'.split(
      ' ',
    ),
};

/** Fixed IDs, as in BERT's vocabulary. */
const special = { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '[MASK]': 4 };
/** Outside the embedding table, so that inference fails on it. */
const outOfRangeId = 1_000_000;

/**
 * Writes a valid model directory of a few kilobytes, for tests that need predictions but not good ones. A post is positive or negative
 * if it has more positive or negative words of a small lexicon, else neutral; scores do not depend on other posts.
 * It takes milliseconds to write and load. Returns the directory, for `model.path`.
 */
export async function createTinyModel(dir: string, options: TinyModelOptions = {}): Promise<string> {
  const { name = 'tiny', version = '1.0.0', languages = ['en'], cleaning = cleaningVersion } = options;
  const { positive = lexicon.positive, negative = lexicon.negative, failingWords = [], split = false } = options;
  const words = [...new Set([...positive, ...negative])];
  const vocabulary: Record<string, number> = { ...special };
  for (const word of words) vocabulary[word] = Object.keys(vocabulary).length;
  const rows = Object.keys(vocabulary).map((word) => [
    negative.includes(word) ? 2 : 0,
    word === '[CLS]' ? 1 : 0, // every post has one: neutral without other words
    positive.includes(word) ? 2 : 0,
  ]);
  for (const word of failingWords) vocabulary[word] = outOfRangeId;
  const files: Record<string, Buffer> = {
    'config.json': json({ id2label: { 0: 'negative', 1: 'neutral', 2: 'positive' }, max_position_embeddings: 512 }),
    'tokenizer.json': json(createTokenizer(vocabulary)),
    'tokenizer_config.json': json({ tokenizer_class: 'DistilBertTokenizer', do_lower_case: true }),
    ...(split
      ? { 'onnx/lower_quantized.onnx': lowerGraph(rows), 'onnx/upper_quantized.onnx': upperGraph() }
      : { 'onnx/model_quantized.onnx': wholeGraph(rows) }),
  };
  const manifest = {
    ...(split ? { format: 2, graph: splitFiles } : { format: 1 }),
    name,
    version,
    labels: ['negative', 'neutral', 'positive'],
    languages,
    maxLength: 128,
    cleaning,
    temperature: 1,
    files: Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, { bytes: bytes.length, sha256: sha256(bytes) }])),
  };
  for (const [file, bytes] of Object.entries({ ...files, 'manifest.json': json(manifest) })) {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), bytes);
  }
  return dir;
}

function createTokenizer(vocab: Readonly<Record<string, number>>): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: Object.entries(special).map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [special['[CLS]']], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [special['[SEP]']], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab },
  };
}

const float32 = 1;
const int64 = 7;

const splitFiles = {
  lower: 'onnx/lower_quantized.onnx',
  upper: 'onnx/upper_quantized.onnx',
  exit: { threshold: 0.9, temperature: 1 },
};

const tokenInputs = ['input_ids', 'attention_mask'].map((name) => valueInfo(11, name, int64, text(2, 'batch'), text(2, 'sequence')));
const lookUp = node('Gather', ['table', 'input_ids'], 'hidden');
const tableOf = (rows: readonly (readonly number[])[]): Buffer =>
  tensor('table', float32, [rows.length, 3], Buffer.from(Float32Array.from(rows.flat()).buffer));

/** Sum over the sequence of hidden · attention_mask: [batch, 3]. */
const sumStates = (output: string): Buffer[] => [
  node('Cast', ['attention_mask'], 'mask', attribute('to', float32)),
  node('Unsqueeze', ['mask', 'last_axis'], 'column'),
  node('Mul', ['hidden', 'column'], 'masked'),
  node('ReduceSum', ['masked', 'sequence_axis'], output, attribute('keepdims', 0)),
  tensor('last_axis', int64, [1], Buffer.from(BigInt64Array.of(2n).buffer)),
  tensor('sequence_axis', int64, [1], Buffer.from(BigInt64Array.of(1n).buffer)),
  valueInfo(12, output, float32, text(2, 'batch'), varint(1, 3)),
];
const states = (number: number): Buffer => valueInfo(number, 'hidden', float32, text(2, 'batch'), text(2, 'sequence'), varint(1, 3));

/** `rows` has the three logits of each token ID. */
const wholeGraph = (rows: readonly (readonly number[])[]): Buffer => onnx(lookUp, tableOf(rows), ...tokenInputs, ...sumStates('logits'));
const lowerGraph = (rows: readonly (readonly number[])[]): Buffer =>
  onnx(lookUp, tableOf(rows), ...tokenInputs, ...sumStates('exit_logits'), states(12));
const upperGraph = (): Buffer =>
  onnx(states(11), valueInfo(11, 'attention_mask', int64, text(2, 'batch'), text(2, 'sequence')), ...sumStates('logits'));

/** IR version 8, opset 13. */
function onnx(...graph: readonly Buffer[]): Buffer {
  return Buffer.concat([varint(1, 8), field(7, ...graph, text(2, 'tiny')), field(8, text(1, ''), varint(2, 13))]);
}

function node(type: string, inputs: readonly string[], output: string, ...attributes: readonly Buffer[]): Buffer {
  return field(1, ...inputs.map((input) => text(1, input)), text(2, output), text(4, type), ...attributes);
}

function attribute(name: string, value: number): Buffer {
  return field(5, text(1, name), varint(3, value), varint(20, 2)); // 2: an integer
}

function tensor(name: string, type: number, shape: readonly number[], data: Buffer): Buffer {
  return field(5, ...shape.map((size) => varint(1, size)), varint(2, type), text(8, name), field(9, data));
}

function valueInfo(number: number, name: string, type: number, ...dimensions: readonly Buffer[]): Buffer {
  const shape = field(2, ...dimensions.map((dimension) => field(1, dimension)));
  return field(number, text(1, name), field(2, field(1, varint(1, type), shape)));
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
