import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { proposeMapping } from '../../../src/ingest/inspect/propose-mapping.ts';
import { collectedShapes } from './collected-shapes.ts';
import { laterCollectedShapes } from './later-collected-shapes.ts';
import { laterOpaqueShapes } from './later-opaque-shapes.ts';
import { laterShapes } from './later-shapes.ts';
import { opaqueShapes } from './opaque-shapes.ts';
import { publicShapes } from './public-shapes/index.ts';
import type { Shape } from './shape.ts';
import { shapes } from './shapes.ts';

const required = ['id', 'text', 'createdAt', 'forEach', 'html', 'deletedWhen', 'onlyWhen'];

/** What a person would object to: a wrong setting, a required one that is missing, or more than one other that is missing. */
function objections({ messages, expected, optional = {} }: Shape): string[] {
  const proposed: Readonly<Record<string, unknown>> = proposeMapping(messages) ?? {};
  const known = { ...optional, ...expected };
  const wrong = Object.entries(proposed)
    .filter(([setting, value]) => setting !== 'platformName' && !isRight(value, known[setting]))
    .map(([setting, value]) => `${setting} is ${JSON.stringify(value)}`);
  const missing = Object.keys(expected).filter((setting) => !(setting in proposed));
  const isSerious = missing.length > 1 || missing.some((setting) => required.includes(setting));
  return [...wrong, ...(isSerious ? missing.map((setting) => `${setting} is missing`) : [])];
}

function isRight(value: unknown, right: unknown): boolean {
  if (isDeepStrictEqual(value, right)) return true;
  return Array.isArray(right) && right.some((choice) => isDeepStrictEqual(value, choice));
}

describe('a proposal that a person would accept', () => {
  test.each(
    [...shapes, ...laterShapes, ...publicShapes, ...collectedShapes, ...laterCollectedShapes, ...opaqueShapes, ...laterOpaqueShapes].map(
      (shape) => [shape.name, shape] as const,
    ),
  )('%s', (_, shape) => {
    expect(objections(shape)).toEqual([]);
  });
});

test('messages without a text have no mapping', () => {
  expect(
    proposeMapping([
      { id: 1, temperature: 20.5 },
      { id: 2, temperature: 21 },
    ]),
  ).toBeUndefined();
  expect(proposeMapping([])).toBeUndefined();
});
