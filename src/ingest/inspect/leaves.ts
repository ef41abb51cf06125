/** A scalar of a sample of messages, by its path. */
export interface Leaf {
  /** Path in the syntax of the mapping. */
  readonly path: string;
  /** The keys of the path, without array indexes. */
  readonly keys: readonly string[];
  /** Path of the object that holds the scalar. */
  readonly parent: string;
  /** True if the path leads through the first element of an array of objects. */
  readonly isInArray: boolean;
  /** The value of each message that has one, by the index of the message. Null and empty strings are left out. */
  readonly values: ReadonlyMap<number, Scalar>;
}

export type Scalar = string | number | boolean;

const maxDepth = 10;
const maxLeaves = 1_000;
/** Keys that cannot be written as a step of a path, or are too long for a name. */
const unwritable = /[[\]{}=*]|^\$|^$|\.\.|^\.|\.$|^.{101}/s;

interface Place {
  readonly path: string;
  readonly keys: readonly string[];
  readonly isInArray: boolean;
}

/** The scalars of messages, by path. JSON inside strings is read as a part of the message, as the mapping does. */
export function collectLeaves(messages: readonly unknown[]): Leaf[] {
  const leaves = new Map<string, Leaf & { readonly values: Map<number, Scalar> }>();
  const add = (value: Scalar, index: number, { path, keys, isInArray }: Place, parent: string): void => {
    const known = leaves.get(path);
    if (!known && leaves.size >= maxLeaves) return;
    const leaf = known ?? { path, keys, parent, isInArray, values: new Map() };
    leaves.set(path, leaf);
    leaf.values.set(index, value);
  };
  const visit = (value: unknown, index: number, place: Place, parent: string, depth: number): void => {
    if (depth > maxDepth || value === null || value === undefined || value === '') return;
    const found = typeof value === 'string' ? (parseEmbedded(value) ?? value) : unwrap(value);
    if (typeof found !== 'object' || found === null)
      add(found as Scalar, index, place, parent); // a value of JSON that is no object
    else if (isRow(found))
      for (const [position, cell] of found.entries()) visit(cell, index, step(place, String(position)), place.path, depth + 1);
    else if (Array.isArray(found)) visitFirst(found, index, place, depth);
    else
      for (const [key, child] of Object.entries(found))
        if (!unwritable.test(key)) visit(child, index, step(place, key), place.path, depth + 1);
  };
  const visitFirst = ([first]: readonly unknown[], index: number, place: Place, depth: number): void => {
    const isInArray = place.isInArray || (typeof first === 'object' && first !== null);
    visit(first, index, { path: join(place.path, '0'), keys: place.keys, isInArray }, place.path, depth + 1);
  };
  for (const [index, message] of messages.entries()) visit(message, index, { path: '', keys: [], isInArray: false }, '', 0);
  return [...leaves.values()].filter(({ path }) => path !== '');
}

/** A row of a table has scalars of several types; a list has those of one. */
const minCells = 3;
const maxCells = 100;

function isRow(value: object): value is readonly unknown[] {
  if (!Array.isArray(value) || value.length < minCells || value.length > maxCells) return false;
  const cells = value.filter((cell) => cell !== null);
  return cells.every((cell) => typeof cell !== 'object') && new Set(cells.map((cell) => typeof cell)).size > 1;
}

/** Arrays inside arrays, such as `entry.*.changes.*`. */
const maxWildcards = 2;
const maxElementDepth = 5;

/** The paths of arrays of objects in messages, such as `data.items.*`, at most five keys deep, as in `data.post.comments.edges.*`. */
export function findElementPaths(messages: readonly unknown[]): string[] {
  const paths = new Set<string>();
  const visit = (value: unknown, path: string, depth: number, wildcards: number): void => {
    if (typeof value !== 'object' || value === null || depth > maxElementDepth) return;
    if (Array.isArray(value)) {
      const objects = value.filter(isRecord);
      if (objects.length === 0 || path === '' || wildcards === maxWildcards) return;
      paths.add(`${path}.*`);
      for (const object of objects) visit(object, `${path}.*`, 0, wildcards + 1);
      return;
    }
    for (const [key, child] of Object.entries(value)) if (!unwritable.test(key)) visit(child, join(path, key), depth + 1, wildcards);
  };
  for (const message of messages) visit(message, '', 0, 0);
  return [...paths];
}

/** The elements at a path of `findElementPaths`. */
export function elementsAt(messages: readonly unknown[], path: string): unknown[] {
  const elements = path.split('.').reduce<readonly unknown[]>(
    (values, key) =>
      values.flatMap((value) => {
        if (key === '*') return Array.isArray(value) ? value : [];
        return isRecord(value) && Object.hasOwn(value, key) ? [value[key]] : [];
      }),
    // flatMap would open a message that is an array.
    messages.filter(isRecord),
  );
  return elements.filter(isRecord);
}

/** MongoDB writes IDs, dates and large numbers as objects, which the mapping reads as values. */
function unwrap(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const [[key, inner] = [], ...others] = Object.entries(value);
  return key !== undefined && others.length === 0 && /^\$(?:oid|date|number)/.test(key) ? inner : value;
}

function parseEmbedded(text: string): object | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
const step = ({ path, keys, isInArray }: Place, key: string): Place => ({ path: join(path, key), keys: [...keys, key], isInArray });
