import type { Leaf, Scalar } from './leaves.ts';
import { splitWords } from './name-parts.ts';

/**
 * How closely a leaf belongs to another, between 0 and 1: in the same object and with the same prefix (`cmt_no` and `cmt_text`),
 * in the same object, around it, below it, elsewhere.
 */
export type Closeness = (leaf: Leaf, other: Leaf) => number;

/** Prefixes that several keys of an object share make groups of them, as objects do. */
export function measureCloseness(leaves: readonly Leaf[]): Closeness {
  const sizes = new Map<string, number>();
  for (const leaf of leaves) sizes.set(groupOf(leaf), (sizes.get(groupOf(leaf)) ?? 0) + 1);
  const isGrouped = (leaf: Leaf): boolean => (sizes.get(groupOf(leaf)) ?? 0) > 1;
  return (leaf, other) => {
    if (leaf.parent !== other.parent) return acrossObjects(leaf.parent, other.parent);
    if (groupOf(leaf) === groupOf(other)) return 1;
    return isGrouped(leaf) && isGrouped(other) ? 0.4 : 0.8;
  };
}

const groupOf = ({ parent, keys }: Leaf): string => `${parent}\n${splitWords(keys.at(-1) ?? '')[0] ?? ''}`;

function acrossObjects(parent: string, other: string): number {
  if (parent === '' || other.startsWith(`${parent}.`)) return 0.6;
  return other === '' || parent.startsWith(`${other}.`) ? 0.4 : 0.2;
}

/** Messages that are compared, so that long lists take no longer. */
const maxCompared = 500;

/** Share of the messages with both leaves in which a test holds for their values; 0 if none has both. */
export function shareOfPairs(one: Leaf, other: Leaf, test: (value: Scalar, otherValue: Scalar) => boolean): number {
  let [both, holding] = [0, 0];
  for (const [index, value] of one.values) {
    const otherValue = other.values.get(index);
    if (otherValue === undefined) continue;
    both += 1;
    if (test(value, otherValue)) holding += 1;
    if (both >= maxCompared) break;
  }
  return both === 0 ? 0 : holding / both;
}

/**
 * For a leaf such as the ID: the share of another leaf's values that it has in other messages, as the ID of a parent is that of
 * another message.
 */
export function referencesTo({ values }: Leaf): (leaf: Leaf) => number {
  const owners = new Map([...values].slice(0, maxCompared).map(([index, value]) => [String(value), index]));
  return (leaf) => {
    const compared = [...leaf.values].slice(0, maxCompared);
    const referring = compared.filter(([index, value]) => (owners.get(String(value)) ?? index) !== index);
    return referring.length / Math.max(1, compared.length);
  };
}
