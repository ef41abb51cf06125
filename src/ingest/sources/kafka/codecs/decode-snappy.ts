import { compress, uncompress } from 'snappyjs';

/**
 * Kafka's Java clients write snappy in the framing of the xerial library: a header of 16 bytes (magic, version,
 * lowest compatible version), then blocks, each after its length as a 32-bit big-endian integer. Others write
 * one bare block.
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeader = 16;

/** Throws when the bytes are damaged or decode to more than `limit` bytes. */
export function decodeSnappy(bytes: Buffer, limit: number): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return uncompress(bytes, limit);
  const blocks: Buffer[] = [];
  let size = 0;
  for (let at = xerialHeader; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('a snappy block is cut off');
    const block = uncompress(bytes.subarray(at + 4, end), limit - size);
    blocks.push(block);
    size += block.length;
    at = end;
  }
  return Buffer.concat(blocks, size);
}

/** One bare block, which every Kafka client reads. */
export function encodeSnappy(bytes: Buffer): Buffer {
  return compress(bytes);
}
