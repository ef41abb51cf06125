import { isUtf8 } from 'node:buffer';

/** Thrown inside the reader of Avro when bytes and schema do not fit, or ask for too much; never leaves it. */
export class AvroDecodeError extends Error {}

/**
 * Values that one message may hold. An array of `null` costs no bytes, so that ten bytes could claim a
 * billion of them.
 */
const mostValues = 100_000;
/** A schema may refer to itself, so that bytes decide how deep a value goes. */
const deepest = 64;

/** A place in bytes that are being read; every read is checked against their end. */
export class AvroCursor {
  readonly #bytes: Buffer;
  #at = 0;
  #values = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Counts a value and how deep it stands. */
  within<T>(read: (cursor: AvroCursor) => T): T {
    this.#values += 1;
    this.#depth += 1;
    if (this.#values > mostValues || this.#depth > deepest) throw new AvroDecodeError();
    const value = read(this);
    this.#depth -= 1;
    return value;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (!Number.isSafeInteger(length) || length < 0 || end > this.#bytes.length) throw new AvroDecodeError();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** A zigzag integer of up to 64 bits, in 7 bits a byte, the lowest first. */
  long(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new AvroDecodeError();
  }

  /** An integer that a length, a count or an index may be. */
  int(): number {
    const value = Number(this.long());
    if (!Number.isSafeInteger(value)) throw new AvroDecodeError();
    return value;
  }

  text(): string {
    const bytes = this.take(this.int());
    if (!isUtf8(bytes)) throw new AvroDecodeError();
    return bytes.toString('utf8');
  }
}
