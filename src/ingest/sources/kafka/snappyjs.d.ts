/** snappyjs comes without types. Buffers give Buffers. */
declare module 'snappyjs' {
  export function compress(uncompressed: Buffer): Buffer;
  /** Throws when the result would be longer than `maxLength` bytes. */
  export function uncompress(compressed: Buffer, maxLength?: number): Buffer;
}
