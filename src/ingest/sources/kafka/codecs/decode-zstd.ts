import { Decompress } from 'fzstd';

/** The window of zstd's highest level, which Kafka allows. The decoder takes a window's memory before it reads. */
const largestWindow = 128 * 1_048_576;

/** Decoded piece by piece, so that the limit holds before the memory is taken. Throws when the bytes are damaged or decode to more than `limit` bytes. */
export function decodeZstd(bytes: Buffer, limit: number): Buffer {
  checkWindows(bytes);
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((piece) => {
    size += piece.length;
    if (size > limit) throw new RangeError('a zstd frame decodes to too much');
    pieces.push(piece);
  });
  stream.push(bytes, true);
  return Buffer.concat(pieces, size);
}

const magic = 0xfd2fb528;
/** Frames that decode to nothing begin with one of sixteen numbers from here on. */
const skippable = 0x184d2a50;

/** Throws when a frame asks for a larger window: ten bytes could take gigabytes. Layout: RFC 8878, 3.1. */
function checkWindows(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    const begin = bytes.readUInt32LE(at);
    if (begin >>> 4 === skippable >>> 4) at += 8 + bytes.readUInt32LE(at + 4);
    else if (begin !== magic) throw new RangeError('not a zstd frame');
    else at = endOfFrame(bytes, at + 4);
  }
}

/** Where the frame ends whose descriptor stands at `start`. */
function endOfFrame(bytes: Buffer, start: number): number {
  const descriptor = bytes.readUInt8(start);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 0x03] ?? 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  let at = start + 1;
  const window = isSingleSegment ? contentOf(bytes, at + dictionary, contentSize) : windowOf(bytes.readUInt8(at));
  if (window > largestWindow) throw new RangeError('a zstd frame asks for too large a window');
  at += (isSingleSegment ? 0 : 1) + dictionary + contentSize;
  for (let isLast = false; !isLast; ) {
    const header = bytes.readUIntLE(at, 3);
    isLast = (header & 1) !== 0;
    // A block of the first type is one byte that is repeated.
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  return at + ((descriptor & 0x04) === 0 ? 0 : 4);
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 0x07);
}

function contentOf(bytes: Buffer, at: number, size: number): number {
  if (size === 8) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, size) + (size === 2 ? 256 : 0);
}
