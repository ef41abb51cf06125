/** Reads a response of the Kafka protocol. The compact types belong to the flexible versions (KIP-482). */
export class ProtocolReader {
  readonly #payload: Buffer;
  #offset = 0;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  int16(): number {
    return this.#payload.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.#payload.readInt32BE(this.#advance(4));
  }

  bytes(count: number): Buffer {
    const start = this.#advance(count);
    return this.#payload.subarray(start, start + count);
  }

  skip(count: number): void {
    this.#advance(count);
  }

  /** Null reads as empty. */
  string(): string {
    return this.bytes(Math.max(0, this.int16())).toString('utf8');
  }

  /** Null reads as empty. */
  compactString(): string {
    return this.bytes(Math.max(0, this.#uvarint() - 1)).toString('utf8');
  }

  array<T>(read: () => T): T[] {
    return this.#repeat(this.int32(), read);
  }

  compactArray<T>(read: () => T): T[] {
    return this.#repeat(this.#uvarint() - 1, read);
  }

  /** Tagged fields, which carry nothing that is needed here. */
  skipTags(): void {
    for (let count = this.#uvarint(); count > 0; count -= 1) {
      this.#uvarint();
      this.skip(this.#uvarint());
    }
  }

  #repeat<T>(count: number, read: () => T): T[] {
    const items: T[] = [];
    for (let index = 0; index < count; index += 1) items.push(read());
    return items;
  }

  #uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#payload.readUInt8(this.#advance(1));
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    return value;
  }

  /** @returns the offset before it. @throws RangeError past the end, from the read that follows */
  #advance(count: number): number {
    const start = this.#offset;
    this.#offset += count;
    return start;
  }
}
