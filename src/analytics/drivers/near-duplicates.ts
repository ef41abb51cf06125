/** Words that a text needs for likeness to mean something; shorter ones are copies only when they are the same. */
const fewestWords = 6;
/** Jaccard likeness, of single words and of pairs of neighbours, from which on one text is a copy of another. */
const likeness = 0.65;
const bands = 16;
const rowsPerBand = 3;
/** Of one band's bucket, how many are compared: what everybody writes would else be compared with everything. */
const mostCompared = 8;

export interface NearDuplicateIndex {
  /** The number, from 0, of the group that a text belongs to, given as the numbers of its words. */
  groupOf(words: readonly number[]): number;
}

/**
 * Groups texts with those before that they repeat with small changes. Candidates are found by MinHash signatures in
 * bands (Broder 1997; Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, chapter 3): a text that is 0.65 alike is found with a
 * probability of 1 − (1 − 0.65³)¹⁶ > 0.99, and one that is 0.75 alike of > 0.999. Then the sets themselves are compared. The first text of a group stands
 * for it, so the order in which texts are given decides.
 */
export function createNearDuplicateIndex(): NearDuplicateIndex {
  const same = new Map<string, number>();
  const shingles: Set<number>[] = [];
  const buckets = new Map<number, number[]>();

  const mostAlike = (set: ReadonlySet<number>, keys: readonly number[]): number | undefined => {
    const seen = new Set<number>();
    for (const key of keys) {
      for (const group of buckets.get(key) ?? []) {
        if (seen.has(group)) continue;
        seen.add(group);
        if (isAlike(set, shingles[group])) return group;
      }
    }
    return undefined;
  };
  return {
    groupOf: (words) => {
      const text = words.join(' ');
      const known = same.get(text);
      if (known !== undefined) return known;
      const set = shinglesOf(words);
      const keys = words.length < fewestWords ? [] : bandsOf(set);
      const group = mostAlike(set, keys) ?? shingles.length;
      same.set(text, group);
      if (group === shingles.length) {
        shingles.push(set);
        for (const key of keys) fileUnder(buckets, key, group);
      }
      return group;
    },
  };
}

function fileUnder(buckets: Map<number, number[]>, key: number, group: number): void {
  const bucket = buckets.get(key);
  if (!bucket) buckets.set(key, [group]);
  else if (bucket.length < mostCompared) bucket.push(group);
}

/** Hashes of words and of pairs of neighbours. */
function shinglesOf(words: readonly number[]): Set<number> {
  const set = new Set<number>();
  let before = 0;
  for (const id of words) {
    set.add(mix(id));
    if (before !== 0) set.add(mix(Math.imul(before, 0x9e3779b1) ^ id));
    before = id;
  }
  return set;
}

const seeds = Uint32Array.from({ length: bands * rowsPerBand }, (_, index) => mix(index + 1) | 1);

/** The least hash of the set under each of many permutations, joined by bands. */
function bandsOf(set: ReadonlySet<number>): number[] {
  const signature = new Uint32Array(seeds.length).fill(0xffffffff);
  for (const shingle of set) {
    for (let index = 0; index < seeds.length; index += 1) {
      const hash = Math.imul(shingle, seeds[index] ?? 1) >>> 0;
      if (hash < (signature[index] ?? 0)) signature[index] = hash;
    }
  }
  return Array.from({ length: bands }, (_, band) => {
    let key = band;
    for (let row = 0; row < rowsPerBand; row += 1) key = mix(Math.imul(key, 0x9e3779b1) ^ (signature[band * rowsPerBand + row] ?? 0));
    return key;
  });
}

function isAlike(set: ReadonlySet<number>, other: ReadonlySet<number> | undefined): boolean {
  if (!other || Math.min(set.size, other.size) < likeness * Math.max(set.size, other.size)) return false;
  let common = 0;
  for (const shingle of set) if (other.has(shingle)) common += 1;
  return common >= likeness * (set.size + other.size - common);
}

/** Spreads 32 bits (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
