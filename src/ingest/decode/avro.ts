import { isUtf8 } from 'node:buffer';

/** Reads one value. @throws AvroDecodeError */
export type AvroRead = (cursor: AvroCursor) => unknown;

/** Thrown when a schema is not Avro, or uses a feature that is not supported. */
export class UnsupportedSchema extends Error {}

/** The types named so far, by full name; a type may refer to itself. */
type Names = Map<string, AvroRead>;

const maxSchemaDepth = 64;

/**
 * Compiles an Avro schema (https://avro.apache.org/docs/1.12.0/specification/) to a reader. `texts` are the schemas that
 * it refers to, then the schema itself, as JSON. Values are returned as in JSON: a record or a map as an object, a union
 * as its value, an enum as its symbol, a date or timestamp as ISO 8601, a long beyond 2^53 as a decimal string, and bytes
 * as text if they are valid UTF-8, else as null.
 * @throws UnsupportedSchema
 */
export function compileAvro(texts: readonly string[]): AvroRead {
  const names: Names = new Map();
  let read: AvroRead | undefined;
  for (const text of texts) read = compile(parseJson(text), { names, namespace: '', depth: 0 });
  if (!read) throw new UnsupportedSchema();
  return read;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A primitive type may be written without quotes.
    return text;
  }
}

interface Scope {
  readonly names: Names;
  readonly namespace: string;
  readonly depth: number;
}

/** A schema object; its attributes are checked where they are used. */
type Attributes = Readonly<Record<string, unknown>>;

function compile(schema: unknown, scope: Scope): AvroRead {
  if (scope.depth > maxSchemaDepth) throw new UnsupportedSchema();
  const inner = { ...scope, depth: scope.depth + 1 };
  if (typeof schema === 'string') return primitives[schema] ?? resolveReference(schema, scope);
  if (Array.isArray(schema)) return compileUnion(schema.map((branch) => compile(branch, inner)));
  if (typeof schema !== 'object' || schema === null) throw new UnsupportedSchema();
  const attributes = schema as Attributes; // an object, not an array
  const { type, items, values, logicalType } = attributes;
  if (type === 'record' || type === 'error') return compileRecord(attributes, inner);
  if (type === 'enum') return registerType(attributes, inner, compileEnum(attributes));
  if (type === 'fixed') return registerType(attributes, inner, compileFixed(attributes));
  if (type === 'array') return compileArray(compile(items, inner));
  if (type === 'map') return compileMap(compile(values, inner));
  return compileLogicalType(logicalType, compile(type, inner));
}

const primitives: Readonly<Record<string, AvroRead>> = Object.assign(Object.create(null), {
  null: () => null,
  boolean: (cursor: AvroCursor) => {
    const byte = cursor.byte();
    if (byte > 1) throw new AvroDecodeError();
    return byte === 1;
  },
  int: exactLong,
  long: exactLong,
  float: (cursor: AvroCursor) => cursor.take(4).readFloatLE(),
  double: (cursor: AvroCursor) => cursor.take(8).readDoubleLE(),
  bytes: (cursor: AvroCursor) => decodeText(cursor.take(cursor.int())),
  string: (cursor: AvroCursor) => cursor.text(),
});

function exactLong(cursor: AvroCursor): number | string {
  const value = cursor.long();
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function decodeText(bytes: Buffer): string | null {
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** Milliseconds per unit of the logical types that are times. */
const timeUnits: Readonly<Record<string, number>> = {
  date: 86_400_000,
  'timestamp-millis': 1,
  'timestamp-micros': 1e-3,
  'timestamp-nanos': 1e-6,
  'local-timestamp-millis': 1,
  'local-timestamp-micros': 1e-3,
  'local-timestamp-nanos': 1e-6,
};

function compileLogicalType(logicalType: unknown, read: AvroRead): AvroRead {
  const unit = typeof logicalType === 'string' && Object.hasOwn(timeUnits, logicalType) ? timeUnits[logicalType] : undefined;
  if (unit === undefined) return read;
  return (cursor) => {
    const value = Number(read(cursor));
    // A string, since the mapping would read a number below 10^11 as seconds.
    return Number.isFinite(value) ? toIsoOrNumber(Math.floor(value * unit)) : null;
  };
}

/** ISO 8601, or the number itself if it is outside the range of Date. */
function toIsoOrNumber(ms: number): string | number {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? ms : date.toISOString();
}

function compileUnion(branches: readonly AvroRead[]): AvroRead {
  return (cursor) => {
    const read = branches[cursor.int()];
    if (!read) throw new AvroDecodeError();
    return cursor.readNested(read);
  };
}

function compileEnum({ symbols }: Attributes): AvroRead {
  if (!Array.isArray(symbols)) throw new UnsupportedSchema();
  return (cursor) => {
    const symbol: unknown = symbols[cursor.int()];
    if (typeof symbol !== 'string') throw new AvroDecodeError();
    return symbol;
  };
}

function compileFixed({ size }: Attributes): AvroRead {
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new UnsupportedSchema();
  return (cursor) => decodeText(cursor.take(size));
}

function compileRecord(attributes: Attributes, scope: Scope): AvroRead {
  if (!Array.isArray(attributes['fields'])) throw new UnsupportedSchema();
  const fields: [string, AvroRead][] = [];
  const read = registerType(attributes, scope, (cursor) => {
    const object: Record<string, unknown> = Object.create(null);
    for (const [name, readField] of fields) object[name] = cursor.readNested(readField);
    return object;
  });
  const namespace = fullName(attributes, scope).split('.').slice(0, -1).join('.');
  for (const field of attributes['fields']) {
    const { name, type } = (field ?? {}) as Attributes; // checked below
    if (typeof name !== 'string') throw new UnsupportedSchema();
    fields.push([name, compile(type, { ...scope, namespace })]);
  }
  return read;
}

/** Items are stored in blocks, each after its count; a negative count is followed by the size of the block in bytes. */
function readBlocks(cursor: AvroCursor, each: () => void): void {
  for (let count = cursor.int(); count !== 0; count = cursor.int()) {
    if (count < 0) cursor.int();
    for (let left = Math.abs(count); left > 0; left -= 1) each();
  }
}

function compileArray(read: AvroRead): AvroRead {
  return (cursor) => {
    const items: unknown[] = [];
    readBlocks(cursor, () => items.push(cursor.readNested(read)));
    return items;
  };
}

function compileMap(read: AvroRead): AvroRead {
  return (cursor) => {
    const object: Record<string, unknown> = Object.create(null);
    readBlocks(cursor, () => {
      const key = cursor.text();
      object[key] = cursor.readNested(read);
    });
    return object;
  };
}

/** Registers a named type before its fields are compiled, since they may refer to it. */
function registerType(attributes: Attributes, { names, namespace }: Scope, read: AvroRead): AvroRead {
  names.set(fullName(attributes, { namespace }), read);
  return read;
}

function fullName({ name, namespace: declared }: Attributes, { namespace }: Pick<Scope, 'namespace'>): string {
  if (typeof name !== 'string' || name === '') throw new UnsupportedSchema();
  if (name.includes('.')) return name;
  const space = typeof declared === 'string' ? declared : namespace;
  return space === '' ? name : `${space}.${name}`;
}

function resolveReference(name: string, { names, namespace }: Scope): AvroRead {
  const read = names.get(name.includes('.') || namespace === '' ? name : `${namespace}.${name}`) ?? names.get(name);
  if (!read) throw new UnsupportedSchema();
  return read;
}

/** Thrown when the bytes do not match the schema or exceed a limit; `message-parser.ts` turns it into a dead letter. */
export class AvroDecodeError extends Error {}

/** Maximum values per message: `null` items take no bytes, so ten bytes could declare a billion. */
const maxValues = 100_000;
/** Maximum nesting: with a recursive schema, the depth depends on the message. */
const maxDepth = 64;

/** Reads bytes from a position; every read is checked against the end. */
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

  /** Reads one value, and checks the number of values and their depth. */
  readNested<T>(read: (cursor: AvroCursor) => T): T {
    this.#values += 1;
    this.#depth += 1;
    if (this.#values > maxValues || this.#depth > maxDepth) throw new AvroDecodeError();
    const value = read(this);
    this.#depth -= 1;
    return value;
  }

  /** The next `length` bytes, as a view. */
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

  /** A zigzag varint of up to 64 bits. */
  long(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new AvroDecodeError();
  }

  /** A safe integer: a length, a count or an index. */
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
