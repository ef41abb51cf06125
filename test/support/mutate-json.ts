import { pick, type Random } from '../../src/lib/random.ts';

/** Values that a field may have against its format. */
const oddValues: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -1,
  1e300,
  2 ** 53,
  1.5,
  'x'.repeat(5_000),
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
  '9999-12-31T23:59:59Z',
  '1795168800123456',
  [],
  {},
  [[[['deep']]]],
  { $date: 'never' },
];

/** Damages a JSON message in one of many ways: a field replaced, removed or added, or its bytes cut, changed or repeated. */
export function mutateJson(random: Random, message: string): Buffer {
  return random() < 0.6 ? Buffer.from(JSON.stringify(mutateTree(random, JSON.parse(message)))) : mutateBytes(random, Buffer.from(message));
}

function mutateTree(random: Random, tree: unknown): unknown {
  if (typeof tree !== 'object' || tree === null) return pick(random, oddValues);
  const entries = Object.entries(tree);
  const [key] = entries.length === 0 ? [''] : pick(random, entries);
  const copy: Record<string, unknown> = { ...tree };
  const choice = random();
  if (choice < 0.15) delete copy[key];
  else if (choice < 0.25) copy[pick(random, ['$type', '__proto__', 'constructor', 'extra'])] = pick(random, oddValues);
  else copy[key] = random() < 0.5 ? mutateTree(random, copy[key]) : pick(random, oddValues);
  return Array.isArray(tree) ? Object.values(copy) : copy;
}

function mutateBytes(random: Random, bytes: Buffer): Buffer {
  const at = Math.floor(random() * bytes.length);
  const damage: Buffer = pick(random, [
    bytes.subarray(0, at),
    bytes.subarray(at),
    Buffer.concat([bytes.subarray(0, at), Buffer.from([Math.floor(random() * 256)]), bytes.subarray(at + 1)]),
    Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xc0, 0x00]), bytes.subarray(at)]),
    Buffer.concat([bytes, bytes]),
    Buffer.from(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
    Buffer.concat([Buffer.from('\ufeff'), bytes]),
  ]);
  return damage;
}
