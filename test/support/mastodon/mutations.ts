import { pick, type Random } from '../../../src/lib/random.ts';
import type { TestStatus } from './status.ts';

const values = [
  null,
  true,
  -1,
  1e300,
  2 ** 60,
  '',
  ' ',
  'NaN',
  '<b>',
  '\u0000',
  '\ud800',
  [],
  [[]],
  {},
  { id: 1 },
  'x'.repeat(300),
] as const;
const eventNames = ['update', 'status.update', 'delete', 'UPDATE', 'update.x', '', 'conversation', 'constructor'] as const;

type Tree = { [key: string]: unknown };

/** A block of an event stream that carries a damaged event; it ends with a blank line, as every block does. */
export function mutateEvent(status: TestStatus, random: Random): Buffer {
  const mutate = pick(random, [mutateField, mutateField, removeField, mutateBytes, mutateBytes, truncate, mutateFrame, nest]);
  return mutate(structuredClone(status) as unknown as Tree, random);
}

function mutateField(status: Tree, random: Random): Buffer {
  const owner = random() < 0.2 ? (status['account'] as Tree) : status;
  owner[pick(random, Object.keys(owner))] = pick(random, values);
  return toBlock('update', JSON.stringify(status));
}

function removeField(status: Tree, random: Random): Buffer {
  const owner = random() < 0.2 ? (status['account'] as Tree) : status;
  delete owner[pick(random, Object.keys(owner))];
  return toBlock(pick(random, ['update', 'status.update']), JSON.stringify(status));
}

/** Replaces up to eight bytes of the data by any others, line breaks included. */
function mutateBytes(status: Tree, random: Random): Buffer {
  const data = Buffer.from(JSON.stringify(status));
  for (let changes = 1 + Math.floor(random() * 8); changes > 0; changes -= 1)
    data[Math.floor(random() * data.length)] = random() < 0.2 ? 0x0a : Math.floor(random() * 256);
  return toBlock('update', data);
}

function truncate(status: Tree, random: Random): Buffer {
  const data = Buffer.from(JSON.stringify(status));
  return toBlock('update', data.subarray(0, Math.floor(random() * data.length)));
}

function mutateFrame(status: Tree, random: Random): Buffer {
  const data = pick(random, [JSON.stringify(status), '', 'undefined', 'null', '[]', '12', '"12"', '{', `${status['id']}x`, 'a/b', '../1']);
  return toBlock(pick(random, eventNames), data);
}

function nest(status: Tree, random: Random): Buffer {
  const depth = 1 + Math.floor(random() * 20_000);
  const field = pick(random, ['content', 'account', 'media_attachments', 'card']);
  return toBlock(
    'update',
    JSON.stringify({ ...status, [field]: 0 }).replace(`"${field}":0`, `"${field}":${'['.repeat(depth)}${']'.repeat(depth)}`),
  );
}

function toBlock(event: string, data: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(`event: ${event}\ndata: `), Buffer.from(data), Buffer.from('\n\n')]);
}
