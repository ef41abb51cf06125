import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame } from 'lz4-napi';
import { asError, FeedpulseError } from '../../../../lib/errors.ts';
import { decodeLz4 } from './decode-lz4.ts';
import { decodeSnappy, encodeSnappy } from './decode-snappy.ts';
import { decodeZstd } from './decode-zstd.ts';

/** Bytes that one batch may decode to: a small message must not unfold until the memory is full. */
export const largestBatch = 50 * 1_048_576;
/**
 * Bytes that the batches of one answer of a broker may decode to together, since the client decodes all of them
 * before it hands on the first: an answer of ten mebibytes may hold hundreds.
 */
export const largestAnswer = 512 * 1_048_576;

/** What kafkajs calls with the bytes of a batch. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

const gzipBytes = promisify(gzip);
const gunzipBytes = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** The codecs of Kafka's batches, each bounded in what it decodes to. zstd is read, not written. */
export const kafkaCodecs = {
  gzip: bounded({
    compress: ({ buffer }) => gzipBytes(buffer),
    decompress: (bytes) => gunzipBytes(bytes, { maxOutputLength: largestBatch }),
  }),
  snappy: bounded({
    compress: async ({ buffer }) => encodeSnappy(buffer),
    decompress: async (bytes) => decodeSnappy(bytes, largestBatch),
  }),
  lz4: bounded({
    compress: ({ buffer }) => compressFrame(buffer),
    decompress: (bytes) => decodeLz4(bytes, largestBatch),
  }),
  zstd: bounded({
    compress: async () => {
      throw new Error('zstd is only read');
    },
    decompress: async (bytes) => decodeZstd(bytes, largestBatch),
  }),
} as const satisfies Record<string, Codec>;

/** Makes the codecs known to kafkajs, which keeps one table of them for the whole process. */
export function registerCodecs(): void {
  const { GZIP, Snappy, LZ4, ZSTD } = kafkajs.CompressionTypes;
  const table: Record<number, () => Codec> = kafkajs.CompressionCodecs;
  table[GZIP] = () => kafkaCodecs.gzip;
  table[Snappy] = () => kafkaCodecs.snappy;
  table[LZ4] = () => kafkaCodecs.lz4;
  table[ZSTD] = () => kafkaCodecs.zstd;
}

/** Bytes decoded so far, by the memory in which the answer arrived. */
const decodedBytes = new WeakMap<ArrayBufferLike, number>();

function countDecoded({ buffer }: Buffer, more: number): void {
  const decoded = (decodedBytes.get(buffer) ?? 0) + more;
  if (decoded > largestAnswer) throw new RangeError('the batches of one answer decode to more than 512 MiB');
  decodedBytes.set(buffer, decoded);
}

/** Gives a batch that cannot be decoded its code, and tells kafkajs that trying again is no use. */
function bounded({ compress, decompress }: Codec): Codec {
  return {
    compress,
    decompress: async (bytes) => {
      try {
        countDecoded(bytes, 0);
        const decoded = await decompress(bytes);
        countDecoded(bytes, decoded.length);
        return decoded;
      } catch (thrown) {
        // Without a `cause`: kafkajs goes straight to the cause of an error, and our code would be lost.
        const error = new FeedpulseError(
          'KAFKA_UNREADABLE',
          `A batch in the topic is damaged, or decodes to too much: ${asError(thrown).message}`,
        );
        throw Object.assign(error, { retriable: false });
      }
    },
  };
}
