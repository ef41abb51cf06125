import { type Path, parsePath } from '../../config/mapping-syntax.ts';
import { InvalidMessage } from './invalid-message.ts';
import { compilePath, type MessageContext, type Read, type Scope } from './scope.ts';

/** Limits per message: a list of 256 KiB could hold more elements than a chunk should have posts. */
const maxElements = 10_000;
const maxNesting = 64;

/** The paths of `forEach` and `forEachNested`. */
export interface CompiledElements {
  readonly paths: readonly ElementPath[];
  readonly nested: readonly ElementPath[];
}

/** A path cut at its wildcards: the path to the first array, from its elements to the next arrays, and so on. */
interface ElementPath {
  readonly first: Read;
  readonly rest: readonly Read[];
}

/** Undefined without any path. */
export function compileElements(paths: readonly string[], nested: readonly string[]): CompiledElements | undefined {
  if (paths.length === 0 && nested.length === 0) return undefined;
  return { paths: paths.map(compileElementPath), nested: nested.map(compileElementPath) };
}

function compileElementPath(text: string): ElementPath {
  const { root, steps } = parsePath(text, { wildcards: true });
  const parts: Path[] = [{ root, steps: [] }];
  for (const step of steps) {
    const last = parts.at(-1) as Path; // there is at least one
    if (typeof step === 'object' && step.kind === 'wildcard') parts.push({ root: '', steps: [] });
    else parts[parts.length - 1] = { ...last, steps: [...last.steps, step] };
  }
  const [first, ...rest] = parts.map(compilePath);
  return { first: first as Read, rest }; // as many as parts
}

/**
 * The elements of a message, each to be mapped by itself: those that `forEach` finds, or the message if it has none of
 * the paths, and those that `forEachNested` finds in them. Null elements are left out. Empty if the arrays are.
 * @throws InvalidMessage too-large, too-deep
 */
export function findElements(context: MessageContext, { paths, nested }: CompiledElements): Scope[] {
  const root: Scope = { element: context.message, context };
  const found = collect(root, paths);
  const scopes: (Scope & { readonly level: number })[] = (found ?? [context.message]).map((element) => ({ element, context, level: 0 }));
  if (nested.length === 0) return scopes;
  // Grows while it is read: what is found in an element is searched in turn.
  for (const scope of scopes) {
    const inner = collect(scope, nested) ?? [];
    if (inner.length > 0 && scope.level === maxNesting) throw new InvalidMessage('too-deep');
    for (const element of inner) scopes.push({ element, context, level: scope.level + 1 });
    if (scopes.length > maxElements) throw new InvalidMessage('too-large');
  }
  return scopes;
}

/** The elements at all paths; undefined if none of the paths is there. */
function collect(scope: Scope, paths: readonly ElementPath[]): unknown[] | undefined {
  const elements: unknown[] = [];
  let isPresent = false;
  for (const { first, rest } of paths) {
    const start = openContainer(first(scope), scope.context);
    // A path without a wildcard leads to one element.
    const isElement = rest.length === 0 && isObject(start);
    if (isElement) addElement(start, elements);
    else if (rest.length > 0) addElements(start, rest, 0, scope.context, elements);
    if (isElement || (rest.length > 0 && Array.isArray(start))) isPresent = true;
  }
  return isPresent ? elements : undefined;
}

/** Adds what `reads`, from the one at `index` on, find in the elements of an array. */
function addElements(array: unknown, reads: readonly Read[], index: number, context: MessageContext, into: unknown[]): void {
  if (!Array.isArray(array)) return;
  const read = reads[index] as Read; // the caller has checked that there is one
  for (const item of array) {
    const found = openContainer(read({ element: item, context }), context);
    if (index + 1 < reads.length) addElements(found, reads, index + 1, context, into);
    else if (found !== undefined && found !== null && !Array.isArray(found)) addElement(found, into);
  }
}

function addElement(element: unknown, into: unknown[]): void {
  if (into.length === maxElements) throw new InvalidMessage('too-large');
  into.push(element);
}

/** A string that holds JSON is opened. */
function openContainer(value: unknown, context: MessageContext): unknown {
  return typeof value === 'string' ? (context.parseEmbedded(value) ?? value) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
