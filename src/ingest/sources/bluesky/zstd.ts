import { createDCtx, decompressUsingDict, init } from '@bokuweb/zstd-wasm';

/** Decompresses one zstd frame. @throws Error if it is damaged or larger than 16 MiB */
export type Decompress = (frame: Buffer) => Buffer;

const maxBytes = 16 * 1_048_576;
/** Limit for a frame that does not state its size. */
const unstatedBytes = 4 * 1_048_576;

let loading: Promise<number> | undefined;

/**
 * Loads the WebAssembly module, once: loading it again would invalidate the context. All dictionaries share this context,
 * which keeps nothing between two frames. Resolves to it.
 */
export function loadZstd(): Promise<number> {
  loading ??= init().then(createDCtx);
  return loading;
}

/** @param dictionary a zstd dictionary (RFC 8878, section 5) */
export async function createDecompress(dictionary: Buffer): Promise<Decompress> {
  const context = await loadZstd();
  return (frame) => {
    // The library allocates what the frame claims to need.
    if (contentSize(frame) > maxBytes) throw new Error('a compressed message is too large or not zstd');
    return Buffer.from(decompressUsingDict(context, frame, dictionary, { defaultHeapSize: unstatedBytes }));
  };
}

/** The ID in the header of a dictionary; undefined if it is none. */
export function dictionaryId(dictionary: Buffer): number | undefined {
  return dictionary.length >= 8 && dictionary.readUInt32LE(0) === 0xec30a437 ? dictionary.readUInt32LE(4) : undefined;
}

/** Bytes that a frame decompresses to, from its header (RFC 8878, section 3.1.1.1); 0 if not stated, infinite without a header. */
function contentSize(frame: Buffer): number {
  if (frame.length < 5 || frame.readUInt32LE(0) !== 0xfd2fb528) return Number.POSITIVE_INFINITY;
  const descriptor = frame.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const start = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes;
  if (frame.length < start + sizeBytes) return Number.POSITIVE_INFINITY;
  if (sizeBytes === 8) return Number(frame.readBigUInt64LE(start));
  return sizeBytes === 0 ? 0 : frame.readUIntLE(start, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
}
