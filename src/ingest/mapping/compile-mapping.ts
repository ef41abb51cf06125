import { type MappingInput, resolveMapping } from '../../config/mapping.ts';
import type { Condition, FieldSource, MappingFields } from '../../config/mapping-fields.ts';
import { isTemplate, parsePath, parseTemplate } from '../../config/mapping-syntax.ts';
import { type CompiledElements, compileElements } from './elements.ts';
import { scalarText } from './exact-json.ts';
import { compilePath, type Read, type Scope } from './scope.ts';

export const mappedFields = [
  'platform',
  'id',
  'text',
  'createdAt',
  'updatedAt',
  'deleted',
  'lang',
  'url',
  'inReplyTo',
  'otherIds',
  'authorId',
  'authorHandle',
  'authorName',
  'authorFollowers',
  'likes',
  'reposts',
  'replies',
  'rating',
] as const satisfies readonly (keyof MappingFields)[];

/** A field of a post that a mapping locates. */
export type MappedField = (typeof mappedFields)[number];

export interface CompiledSource {
  readonly read: Read;
  /** The value is part of the mapping, not of the message. */
  readonly isConstant: boolean;
}

/** Whether a condition holds for an element. */
type Test = (scope: Scope) => boolean;

/** A mapping with its paths, templates and conditions parsed. */
export interface CompiledMapping {
  /** The platform of every message; if undefined, messages name their own. */
  readonly platformName: string | undefined;
  /** The sources of each field, of which the first with a usable value counts. */
  readonly fields: Readonly<Record<MappedField, readonly CompiledSource[]>>;
  /** Undefined to detect it in each text. */
  readonly isHtml: boolean | undefined;
  readonly stripsQuotes: boolean;
  /** Undefined if a message is one post. */
  readonly elements: CompiledElements | undefined;
  readonly onlyWhen: Test | undefined;
  readonly skipWhen: Test | undefined;
  readonly deletedWhen: Test | undefined;
  readonly deletesAuthorWhen: Test | undefined;
}

/** @throws MappingSyntaxError for a path or template that the config schema would reject */
export function compileMapping(input: MappingInput): CompiledMapping {
  const mapping = resolveMapping(input);
  const fields = Object.fromEntries(mappedFields.map((field) => [field, toList(mapping[field]).map(compileSource)]));
  return {
    platformName: mapping.platformName,
    fields: fields as Record<MappedField, CompiledSource[]>, // one entry per mapped field
    isHtml: mapping.html,
    stripsQuotes: mapping.stripQuotes ?? false,
    elements: compileElements(toList(mapping.forEach), toList(mapping.forEachNested)),
    onlyWhen: compileConditions(mapping.onlyWhen),
    skipWhen: compileConditions(mapping.skipWhen),
    deletedWhen: compileConditions(mapping.deletedWhen),
    deletesAuthorWhen: compileConditions(mapping.deletesAuthorWhen),
  };
}

function toList<T extends string | object>(setting: T | readonly T[] | undefined): readonly T[] {
  if (setting === undefined) return [];
  return Array.isArray(setting) ? setting : [setting as T]; // not an array, as just checked
}

function compileSource(source: FieldSource): CompiledSource {
  if (typeof source === 'string') return { read: compileText(source), isConstant: false };
  const isConstant = 'value' in source;
  const read: Read = isConstant ? () => source.value : compileText(source.from);
  const test = compileConditions(source.when);
  return { read: test ? (scope) => (test(scope) ? read(scope) : undefined) : read, isConstant };
}

function compileText(text: string): Read {
  return isTemplate(text) ? compileTemplate(text) : compilePath(parsePath(text));
}

/** The text of a template; absent if one of its placeholders is missing or empty. */
function compileTemplate(text: string): Read {
  const parts = parseTemplate(text).map((part) => (typeof part === 'string' ? part : compilePath(part)));
  return (scope) => {
    let filled = '';
    for (const part of parts) {
      const value = typeof part === 'string' ? part : joinText(part(scope));
      if (value === undefined || (typeof part !== 'string' && value.trim() === '')) return undefined;
      filled += value;
    }
    return filled;
  };
}

/** A scalar as text. Rich text, an array of strings and of objects with a `text`, is joined. Anything else is undefined. */
export function joinText(value: unknown): string | undefined {
  if (!Array.isArray(value)) return scalarText(value);
  let joined = '';
  for (const part of value) {
    const text: unknown = typeof part === 'object' && part !== null && Object.hasOwn(part, 'text') ? part.text : part;
    if (typeof text !== 'string') return undefined;
    joined += text;
  }
  return joined;
}

/** Of a list of conditions one has to hold. No conditions at all are as good as none configured. */
function compileConditions(conditions: Condition | readonly Condition[] | undefined): Test | undefined {
  const tests = toList(conditions).map(compileCondition);
  return tests.length === 0 ? undefined : (scope) => tests.some((test) => test(scope));
}

function compileCondition(condition: Condition): Test {
  if ('all' in condition) {
    const tests = condition.all.map(compileCondition);
    return (scope) => tests.every((test) => test(scope));
  }
  if ('any' in condition) {
    const tests = condition.any.map(compileCondition);
    return (scope) => tests.some((test) => test(scope));
  }
  const read = compilePath(parsePath(condition.path));
  if ('exists' in condition) return (scope) => isThere(read(scope)) === condition.exists;
  const test = 'equals' in condition ? compileEquals(condition.equals) : compileMatches(condition.matches);
  return (scope) => {
    const value = read(scope);
    return Array.isArray(value) ? value.some(test) : test(value);
  };
}

type Scalar = string | number | boolean | null;

/** Compared as text, since one feed writes `1` or `true` where another writes `"1"` or `"true"`. */
function compileEquals(wanted: Scalar | readonly Scalar[]): (value: unknown) => boolean {
  const list = Array.isArray(wanted) ? (wanted as readonly Scalar[]) : [wanted as Scalar];
  const texts = new Set(list.filter((value) => value !== null).map(String));
  const takesNull = list.includes(null);
  return (value) => {
    const text = scalarText(value);
    return text === undefined ? value === null && takesNull : texts.has(text);
  };
}

/** Characters that a regular expression sees: one that backtracks must not hang on a long text. */
const maxMatchedLength = 1_000;

function compileMatches(pattern: string): (value: unknown) => boolean {
  const regex = new RegExp(pattern, 'u');
  return (value) => {
    const text = scalarText(value);
    return text !== undefined && regex.test(text.slice(0, maxMatchedLength));
  };
}

export const isThere = (value: unknown): boolean => value !== undefined && value !== null;
