import { isUtf8 } from 'node:buffer';
import type { Path, Selector, Step } from '../../config/mapping-syntax.ts';
import { parseExactJson, scalarText } from './exact-json.ts';

/** The message that is being mapped, with what its fields share. */
export class MessageContext {
  readonly message: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; what `$timestamp` is. */
  readonly timestamp: number;
  readonly #key: Buffer | undefined;
  #embedded: Map<string, unknown> | undefined;
  #indexes: Map<unknown, Map<Selector, ReadonlyMap<string, unknown>>> | undefined;

  constructor(message: unknown, { key, headers }: Beside, timestamp: number) {
    this.message = message;
    this.headers = headers ?? noHeaders;
    this.timestamp = timestamp;
    this.#key = key;
  }

  get key(): string | undefined {
    return this.#key && isUtf8(this.#key) ? this.#key.toString('utf8') : undefined;
  }

  /** `parseEmbeddedJson`, once for each string. */
  parseEmbedded(text: string): unknown {
    this.#embedded ??= new Map();
    if (!this.#embedded.has(text)) this.#embedded.set(text, parseEmbeddedJson(text));
    return this.#embedded.get(text);
  }

  /** The elements of an array by the value that a selector compares; kept, since each field of each element may look here. */
  index(array: readonly unknown[], selector: Selector, textOf: (element: unknown) => string | undefined): ReadonlyMap<string, unknown> {
    this.#indexes ??= new Map();
    const known = this.#indexes.get(array) ?? new Map<Selector, ReadonlyMap<string, unknown>>();
    this.#indexes.set(array, known);
    const index = known.get(selector) ?? indexBy(array, textOf);
    known.set(selector, index);
    return index;
  }
}

/** What a message has beside its value. */
export interface Beside {
  readonly key?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const noHeaders = {};

function indexBy(array: readonly unknown[], textOf: (element: unknown) => string | undefined): ReadonlyMap<string, unknown> {
  const index = new Map<string, unknown>();
  for (const element of array) {
    const text = textOf(element);
    // The first one wins.
    if (text !== undefined && !index.has(text)) index.set(text, element);
  }
  return index;
}

/** `{` and `[` in base64 begin with these letters. */
const base64Json = /^[eW][A-Za-z0-9+/_-]{3,}={0,2}$/;

/** The object or array that a string holds as JSON, plain or in base64; undefined if it holds none. */
export function parseEmbeddedJson(text: string): unknown {
  const trimmed = text.trim();
  if (base64Json.test(trimmed)) {
    const bytes = Buffer.from(trimmed, 'base64');
    return isUtf8(bytes) ? parseContainer(bytes.toString('utf8')) : undefined;
  }
  return parseContainer(trimmed);
}

function parseContainer(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

/** Where the paths of a mapping start: an element of a message, or the message itself. */
export interface Scope {
  readonly element: unknown;
  readonly context: MessageContext;
}

/** Finds a value; undefined if there is none. */
export type Read = (scope: Scope) => unknown;

export function compilePath({ root, steps }: Path): Read {
  if (root === '$timestamp') return ({ context }) => context.timestamp;
  if (root === '$headers') return compileHeader(steps);
  const find = compileSteps(steps);
  if (root === '$message') return (scope) => find(scope.context.message, scope);
  if (root === '$key') return (scope) => find(scope.context.key, scope);
  return (scope) => find(scope.element, scope);
}

/** A header whose name contains dots is written plainly, like a key that does. */
function compileHeader(steps: readonly Step[]): Read {
  const [name, ...rest] = steps;
  const find = compileSteps(rest);
  const dotted = steps.every((step) => typeof step === 'string') ? steps.join('.').toLowerCase() : '';
  return (scope) => {
    const { headers } = scope.context;
    if (Object.hasOwn(headers, dotted)) return headers[dotted];
    const header = String(name).toLowerCase();
    return Object.hasOwn(headers, header) ? find(headers[header], scope) : undefined;
  };
}

/** Finds a value below another one. */
type Find = (value: unknown, scope: Scope) => unknown;

/**
 * A step of a compiled path: the keys to try, shortest first, each with the step that follows it (for `a.b`, the key
 * `a`, then the key `a.b`), or a selector.
 */
type CompiledStep = readonly { readonly key: string; readonly next: number }[] | CompiledSelector;

interface CompiledSelector {
  readonly selector: Selector;
  readonly textOf: (element: unknown, scope: Scope) => string | undefined;
  readonly wanted: (scope: Scope) => string | undefined;
}

function compileSteps(steps: readonly Step[]): Find {
  const [first, second] = steps;
  if (typeof first === 'string' && second === undefined) return (value, scope) => getKey(value, first, scope);
  const compiled = steps.map((step, index) => compileStep(step, steps, index));
  return (value, scope) => walk(value, compiled, 0, scope);
}

function compileStep(step: Step, steps: readonly Step[], index: number): CompiledStep {
  if (typeof step === 'string') return keysFrom(steps, index);
  // mapping-syntax.ts allows wildcards only in forEach, which elements.ts splits at them.
  if (step.kind === 'wildcard') return [];
  const { key, equals } = step;
  const findKey = compileSteps(key);
  const literal = typeof equals === 'string' ? equals : undefined;
  const read = typeof equals === 'string' ? undefined : compilePath(equals);
  return {
    selector: step,
    textOf: (element, scope) => scalarText(findKey(element, scope)),
    wanted: (scope) => literal ?? scalarText(read?.(scope)),
  };
}

function keysFrom(steps: readonly Step[], index: number): { key: string; next: number }[] {
  const end = steps.findIndex((step, at) => at > index && typeof step !== 'string');
  const keys = steps.slice(index, end === -1 ? undefined : end);
  return keys.map((_, at) => ({ key: keys.slice(0, at + 1).join('.'), next: index + at + 1 }));
}

/** Own properties only, so that `__proto__` is an ordinary key. A string is stepped into as JSON. */
function getKey(value: unknown, key: string, scope: Scope): unknown {
  const opened = typeof value === 'string' ? scope.context.parseEmbedded(value) : value;
  if (typeof opened !== 'object' || opened === null || !Object.hasOwn(opened, key)) return undefined;
  // The own property was found just above.
  return (opened as Record<string, unknown>)[key];
}

function walk(value: unknown, steps: readonly CompiledStep[], index: number, scope: Scope): unknown {
  const step = steps[index];
  if (step === undefined) return value;
  if ('selector' in step) return walk(select(value, step, scope), steps, index + 1, scope);
  for (const { key, next } of step) {
    const inner = getKey(value, key, scope);
    const found = inner === undefined ? undefined : walk(inner, steps, next, scope);
    if (found !== undefined) return found;
  }
  return undefined;
}

function select(value: unknown, { selector, textOf, wanted }: CompiledSelector, scope: Scope): unknown {
  const array = typeof value === 'string' ? scope.context.parseEmbedded(value) : value;
  const text = wanted(scope);
  if (text === undefined || !Array.isArray(array)) return undefined;
  return scope.context.index(array, selector, (element) => textOf(element, scope)).get(text);
}
