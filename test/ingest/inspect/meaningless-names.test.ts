import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { proposeMapping } from '../../../src/ingest/inspect/propose-mapping.ts';
import { collectedShapes } from './collected-shapes.ts';
import { laterCollectedShapes } from './later-collected-shapes.ts';
import { laterShapes } from './later-shapes.ts';
import { publicShapes } from './public-shapes/index.ts';
import type { Shape } from './shape.ts';
import { shapes } from './shapes.ts';

/** Letters instead of digits, so that no key looks like an array index. */
const letters = 'ghijklmnop';

/** A word without meaning for each key; what MongoDB and the protocols of networks begin with `$` keeps its name. */
function rename(key: string): string {
  if (/^(?:\d+|\*|\$.*)$/.test(key)) return key;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 5);
  return `k${hash.replace(/\d/g, (digit) => letters[Number(digit)] ?? '')}`;
}

function renameKeys(value: unknown): unknown {
  if (typeof value === 'string' && /^[{[]/.test(value)) return JSON.stringify(renameKeys(JSON.parse(value)));
  if (Array.isArray(value)) return value.map(renameKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [rename(key), renameKeys(child)]));
}

const renamePath = (path: string): string =>
  path.includes('{') ? path.replace(/\{([^}]*)\}/g, (_, inner: string) => `{${renamePath(inner)}}`) : path.split('.').map(rename).join('.');

/** Whether the first path of a field is one of those that a person would write, or the part of a template that is the text. */
function isFound(field: string, { messages, expected }: Shape): boolean {
  const proposal: Readonly<Record<string, unknown>> = proposeMapping(messages.map(renameKeys)) ?? {};
  const [path] = [proposal[field]].flat(2);
  const right = [expected[field]].flat(3).filter((choice) => typeof choice === 'string');
  return typeof path === 'string' && right.some((choice) => renamePath(choice) === path || renamePath(choice).includes(`{${path}}`));
}

test.each([
  ['text', 0.9],
  // Many of the shapes have IDs of one or two digits, which may be counts.
  ['id', 0.75],
  ['createdAt', 0.9],
])('%s is found by its values in most shapes whose names mean nothing', (field, minimum) => {
  const all = [...shapes, ...laterShapes, ...publicShapes, ...collectedShapes, ...laterCollectedShapes].filter(
    ({ expected }) => field in expected,
  );
  const missed = all.filter((shape) => !isFound(field, shape)).map(({ name }) => name);
  expect(missed, `${missed.length} of ${all.length}`).toSatisfy(() => missed.length <= (1 - minimum) * all.length);
});
