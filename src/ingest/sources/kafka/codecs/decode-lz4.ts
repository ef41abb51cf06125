import { decompressFrame } from 'lz4-napi';

const frameMagic = 0x184d2204;
const uncompressedBit = 0x80000000;

/** Throws when the bytes are damaged or decode to more than `limit` bytes. */
export async function decodeLz4(bytes: Buffer, limit: number): Promise<Buffer> {
  // The decoder has no limit of its own, so the blocks are counted before the memory is taken.
  if (fullBlocksSize(bytes) > limit) throw new RangeError('an lz4 frame decodes to too much');
  const decoded = await decompressFrame(bytes);
  if (decoded.length > limit) throw new RangeError('an lz4 frame decodes to too much');
  return decoded;
}

/**
 * Bytes that a frame decodes to if all its blocks but the last are full, as they are when they come from Kafka.
 * Layout: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
function fullBlocksSize(bytes: Buffer): number {
  if (bytes.readUInt32LE(0) !== frameMagic) throw new RangeError('not an lz4 frame');
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
