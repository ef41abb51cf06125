import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvroCursor, AvroDecodeError, compileAvro, UnsupportedSchema } from '../../../src/ingest/decode/avro.ts';

/** A schema, a value as the reference implementation takes it, and the same as ours gives it. */
interface Sample {
  readonly schema: unknown;
  readonly value: unknown;
  readonly expected: unknown;
}

const same = (schema: unknown, values: fc.Arbitrary<unknown>): fc.Arbitrary<Sample> =>
  values.map((value) => ({ schema, value, expected: value }));
const text = fc.string({ unit: 'grapheme' });
const number = fc.double({ noNaN: true });
/** Names must be unique within a schema. */
let names = 0;
const name = fc.constant(0).map(() => {
  names += 1;
  return `N${names}`;
});

const { sample } = fc.letrec<{ sample: Sample; leaf: Sample }>((tie) => ({
  leaf: fc.oneof(
    same('null', fc.constant(null)),
    same('boolean', fc.boolean()),
    same('int', fc.integer()),
    // The reference implementation loses the sign of longs beyond 52 bits; those have a test of their own.
    same('long', fc.integer({ min: -(2 ** 52), max: 2 ** 52 })),
    same('double', number),
    same('float', number.map(Math.fround)),
    same('string', text),
    text.map((value) => ({ schema: 'bytes', value: Buffer.from(value), expected: value })),
    same({ type: 'long', logicalType: 'timestamp-millis' }, fc.nat()).map((one) => ({
      ...one,
      expected: new Date(one.value as number).toISOString(), // made by fc.nat()
    })),
    name.map((given) => ({ schema: { type: 'enum', name: given, symbols: ['A', 'B', 'C'] }, value: 'B', expected: 'B' })),
    fc.tuple(name, fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 4, maxLength: 4 })).map(([given, value]) => ({
      schema: { type: 'fixed', name: given, size: 4 },
      value: Buffer.from(value),
      expected: value,
    })),
  ),
  sample: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.tuple(name, fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('sample'), { maxKeys: 5 })).map(([given, fields]) => ({
      schema: { type: 'record', name: given, fields: Object.entries(fields).map(([field, { schema }]) => ({ name: field, type: schema })) },
      value: Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value])),
      expected: Object.fromEntries(Object.entries(fields).map(([field, { expected }]) => [field, expected])),
    })),
    fc.tuple(tie('leaf'), fc.nat(5)).map(([{ schema, value, expected }, count]) => ({
      schema: { type: 'array', items: schema },
      value: Array(count).fill(value),
      expected: Array(count).fill(expected),
    })),
    fc.tuple(tie('leaf'), fc.uniqueArray(text, { maxLength: 4 })).map(([{ schema, value, expected }, keys]) => ({
      schema: { type: 'map', values: schema },
      value: Object.fromEntries(keys.map((key) => [key, value])),
      expected: Object.fromEntries(keys.map((key) => [key, expected])),
    })),
    fc
      .tuple(tie('leaf'), fc.boolean())
      .map(([{ schema, value, expected }, isNull]) =>
        schema === 'null'
          ? { schema, value, expected }
          : { schema: ['null', schema], value: isNull ? null : value, expected: isNull ? null : expected },
      ),
  ),
}));

/** Plain objects, since ours inherit nothing. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function decode(schema: unknown, bytes: Buffer): unknown {
  const cursor = new AvroCursor(bytes);
  const value = cursor.readNested(compileAvro([JSON.stringify(schema)]));
  if (!cursor.isAtEnd) throw new AvroDecodeError();
  return value;
}

/** Zigzag, 7 bits a byte. */
function long(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}

describe('Avro decoder', () => {
  it('decodes what the reference implementation encodes', () => {
    fc.assert(
      fc.property(sample, ({ schema, value, expected }) => {
        const bytes = avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value); // made just above
        expect(plain(decode(schema, bytes))).toEqual(plain(expected));
      }),
      { numRuns: 1_000 },
    );
  });

  it('decodes corrupt bytes or throws AvroDecodeError, nothing else', () => {
    let refused = 0;
    fc.assert(
      fc.property(sample, fc.uint8Array({ maxLength: 60 }), fc.nat(), ({ schema, value }, noise, cut) => {
        const whole = avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value);
        for (const bytes of [Buffer.from(noise), whole.subarray(0, cut % (whole.length + 1)), Buffer.concat([whole, noise])]) {
          try {
            decode(schema, bytes);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(AvroDecodeError);
            refused += 1;
          }
        }
      }),
      { numRuns: 1_000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('keeps a long beyond the safe integers', () => {
    for (const value of [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]) expect(decode('long', long(value))).toBe(String(value));
    expect(decode('long', long(-(2n ** 53n) + 1n))).toBe(Number.MIN_SAFE_INTEGER);
  });

  it('reads blocks with a byte size, and recursive types', () => {
    const list = { type: 'record', name: 'a.List', fields: [{ name: 'next', type: ['null', 'List'] }] };
    expect(plain(decode(list, Buffer.from([2, 2, 0])))).toEqual({ next: { next: { next: null } } });
    const items = Buffer.concat([long(-2n), long(2n), long(5n), long(6n), long(0n)]);
    expect(decode({ type: 'array', items: 'int' }, items)).toEqual([5, 6]);
  });

  it.each([
    ['a billion values of no size', { type: 'array', items: 'null' }, Buffer.concat([long(2n ** 30n), long(0n)])],
    ['more items than there are bytes', { type: 'array', items: 'long' }, long(2n ** 40n)],
    ['a negative count of no size', { type: 'map', values: 'null' }, long(-(2n ** 62n))],
    ['a text longer than the message', 'string', Buffer.concat([long(2n ** 40n), Buffer.from('x')])],
    ['a text of negative length', 'string', long(-1n)],
    ['an endless integer', 'long', Buffer.alloc(30, 0xff)],
    ['a branch that is not there', ['null', 'int'], long(2n)],
    ['endless depth', { type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] }, Buffer.alloc(100_000, 2)],
    ['text that is no UTF-8', 'string', Buffer.from([2, 0xff])],
  ])('that claims %s is refused at once', (_, schema, bytes) => {
    const started = performance.now();
    expect(() => decode(schema, bytes)).toThrow(AvroDecodeError);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it.each([
    ['no type', {}],
    ['an unknown type', 'money'],
    ['a record without fields', { type: 'record', name: 'R' }],
    ['a fixed of negative size', { type: 'fixed', name: 'F', size: -1 }],
    ['depth without end', JSON.parse(`${'{"type":"array","items":'.repeat(500)}"int"${'}'.repeat(500)}`)],
    ['a name that every object inherits', 'constructor'],
  ])('whose schema has %s is not read', (_, schema) => {
    expect(() => compileAvro([JSON.stringify(schema)])).toThrow(UnsupportedSchema);
  });
});
