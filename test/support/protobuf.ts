// The part of Protocol Buffers that tests need to write ONNX: https://protobuf.dev/programming-guides/encoding/

/** A length-delimited field: a message of the given parts, or bytes. */
export function field(number: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([encodeVarint(number * 8 + 2), encodeVarint(content.length), content]);
}

export const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
export const varint = (number: number, value: number): Buffer => Buffer.concat([encodeVarint(number * 8), encodeVarint(value)]);

/** Seven bits per byte, the lowest first. */
function encodeVarint(value: number): Buffer {
  return value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value & 127) | 128), encodeVarint(value >>> 7)]);
}
