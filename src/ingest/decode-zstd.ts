import { Decompress } from 'fzstd';

/** Decoded piece by piece, so that the limit holds before the memory is taken. Throws when the bytes are damaged or decode to more than `limit` bytes. */
export function decodeZstd(bytes: Buffer, limit: number): Buffer {
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
