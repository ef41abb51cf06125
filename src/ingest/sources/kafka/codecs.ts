import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { compress, uncompress } from 'snappyjs';
import { asError, FeedpulseError } from '../../../lib/errors.ts';

/** Maximum decompressed size of a batch in bytes, against decompression bombs. */
export const maxBatchBytes = 50 * 1_048_576;
/**
 * Maximum decompressed size of all batches of a fetch response, in bytes. kafkajs decompresses all of them
 * before it returns the first, and a response of ten mebibytes may hold hundreds.
 */
export const maxDecompressedResponseBytes = 512 * 1_048_576;

/** The codec interface of kafkajs; called with the bytes of a batch. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

const gzipBytes = promisify(gzip);
const gunzipBytes = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** The compression codecs of Kafka, with limits on the decompressed size. zstd is decompressed only. */
export const kafkaCodecs = {
  gzip: withSizeLimit({
    compress: ({ buffer }) => gzipBytes(buffer),
    decompress: (bytes) => gunzipBytes(bytes, { maxOutputLength: maxBatchBytes }),
  }),
  snappy: withSizeLimit({
    compress: async ({ buffer }) => encodeSnappy(buffer),
    decompress: async (bytes) => decodeSnappy(bytes, maxBatchBytes),
  }),
  lz4: withSizeLimit({
    compress: ({ buffer }) => compressFrame(buffer),
    decompress: (bytes) => decodeLz4(bytes, maxBatchBytes),
  }),
  zstd: withSizeLimit({
    compress: async () => {
      throw new Error('zstd compression is not supported');
    },
    decompress: async (bytes) => decodeZstd(bytes, maxBatchBytes),
  }),
} as const satisfies Record<string, Codec>;

/** Registers the codecs with kafkajs, which has one table for the whole process. */
export function registerCodecs(): void {
  const { GZIP, Snappy, LZ4, ZSTD } = kafkajs.CompressionTypes;
  const table: Record<number, () => Codec> = kafkajs.CompressionCodecs;
  table[GZIP] = () => kafkaCodecs.gzip;
  table[Snappy] = () => kafkaCodecs.snappy;
  table[LZ4] = () => kafkaCodecs.lz4;
  table[ZSTD] = () => kafkaCodecs.zstd;
}

/** Decompressed bytes per fetch response, keyed by its buffer. */
const decompressedBytes = new WeakMap<ArrayBufferLike, number>();

function countDecompressed({ buffer }: Buffer, bytes: number): void {
  const decoded = (decompressedBytes.get(buffer) ?? 0) + bytes;
  if (decoded > maxDecompressedResponseBytes) throw new RangeError('the batches of one fetch response decompress to more than 512 MiB');
  decompressedBytes.set(buffer, decoded);
}

/** Fails with KAFKA_UNREADABLE, which kafkajs does not retry, if a batch is corrupt or exceeds the decompression limit. */
function withSizeLimit({ compress, decompress }: Codec): Codec {
  return {
    compress,
    decompress: async (bytes) => {
      try {
        countDecompressed(bytes, 0);
        const decoded = await decompress(bytes);
        countDecompressed(bytes, decoded.length);
        return decoded;
      } catch (thrown) {
        // Without a `cause`, since kafkajs unwraps it and would lose our code.
        const error = new FeedpulseError(
          'KAFKA_UNREADABLE',
          `A batch in the topic is corrupt or exceeds the decompression limit: ${asError(thrown).message}.`,
        );
        throw Object.assign(error, { retriable: false });
      }
    },
  };
}

const lz4Magic = 0x184d2204;
const uncompressedBit = 0x80000000;

/** @throws if the bytes are corrupt or decompress to more than `limit` bytes */
async function decodeLz4(bytes: Buffer, limit: number): Promise<Buffer> {
  // The decoder has no limit, so the blocks are counted before memory is allocated.
  if (fullBlocksSize(bytes) > limit) throw new RangeError('lz4 frame exceeds 50 MiB decompressed');
  const decoded = await decompressFrame(bytes);
  if (decoded.length > limit) throw new RangeError('lz4 frame exceeds 50 MiB decompressed');
  return decoded;
}

/**
 * The size that a frame decompresses to if all its blocks but the last are full, as those of Kafka producers are.
 * Layout: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
function fullBlocksSize(bytes: Buffer): number {
  if (bytes.readUInt32LE(0) !== lz4Magic) throw new RangeError('not an lz4 frame');
  const flags = bytes.readUInt8(4);
  const blockChecksum = (flags & 0x10) === 0 ? 0 : 4;
  const contentSize = (flags & 0x08) === 0 ? 0 : 8;
  const dictionary = (flags & 0x01) === 0 ? 0 : 4;
  // 4 to 7 stand for 64 KiB, 256 KiB, 1 MiB and 4 MiB.
  const blockSize = 2 ** (8 + 2 * ((bytes.readUInt8(5) >> 4) & 0x07));
  let blocks = 0;
  for (let at = 7 + contentSize + dictionary; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at) & ~uncompressedBit;
    if (length === 0) break;
    blocks += 1;
    at += 4 + length + blockChecksum;
  }
  return Math.max(0, blocks - 1) * blockSize;
}

/**
 * Kafka's Java clients write snappy in the framing of the xerial library: a header of 16 bytes (magic, version,
 * lowest compatible version), then blocks, each after its length as a 32-bit big-endian integer. Others write
 * one bare block.
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeader = 16;

/** @throws if the bytes are corrupt or decompress to more than `limit` bytes */
function decodeSnappy(bytes: Buffer, limit: number): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return uncompress(bytes, limit);
  const blocks: Buffer[] = [];
  let size = 0;
  for (let at = xerialHeader; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('truncated snappy block');
    const block = uncompress(bytes.subarray(at + 4, end), limit - size);
    blocks.push(block);
    size += block.length;
    at = end;
  }
  return Buffer.concat(blocks, size);
}

/** One bare block, which every Kafka client reads. */
function encodeSnappy(bytes: Buffer): Buffer {
  return compress(bytes);
}

/** The window of zstd's highest level, which Kafka allows. The decoder allocates the window before it decodes. */
const maxWindowBytes = 128 * 1_048_576;

/** Decompresses piece by piece, so that the limit is checked before memory is allocated. @throws as `decodeLz4` does */
function decodeZstd(bytes: Buffer, limit: number): Buffer {
  checkWindows(bytes);
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((piece) => {
    size += piece.length;
    if (size > limit) throw new RangeError('zstd frame exceeds 50 MiB decompressed');
    pieces.push(piece);
  });
  stream.push(bytes, true);
  return Buffer.concat(pieces, size);
}

const zstdMagic = 0xfd2fb528;
/** The first of sixteen magic numbers of skippable frames. */
const skippable = 0x184d2a50;

/** @throws if a frame needs a larger window: ten bytes could allocate gigabytes. Layout: RFC 8878, 3.1 */
function checkWindows(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    const begin = bytes.readUInt32LE(at);
    if (begin >>> 4 === skippable >>> 4) at += 8 + bytes.readUInt32LE(at + 4);
    else if (begin !== zstdMagic) throw new RangeError('not a zstd frame');
    else at = endOfFrame(bytes, at + 4);
  }
}

/** The end of the frame whose descriptor is at `start`. */
function endOfFrame(bytes: Buffer, start: number): number {
  const descriptor = bytes.readUInt8(start);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 0x03] ?? 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  let at = start + 1;
  const window = isSingleSegment ? readContentSize(bytes, at + dictionary, contentSize) : windowSize(bytes.readUInt8(at));
  if (window > maxWindowBytes) throw new RangeError('zstd window exceeds 128 MiB');
  at += (isSingleSegment ? 0 : 1) + dictionary + contentSize;
  for (let isLast = false; !isLast; ) {
    const header = bytes.readUIntLE(at, 3);
    isLast = (header & 1) !== 0;
    // A block of type 1 is a single byte that is repeated.
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  return at + ((descriptor & 0x04) === 0 ? 0 : 4);
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 0x07);
}

function readContentSize(bytes: Buffer, at: number, size: number): number {
  if (size === 8) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, size) + (size === 2 ? 256 : 0);
}
