/** Minimum number of words for a similarity test; shorter texts are duplicates only if they are equal. */
export const minWords = 6;
/** Minimum Jaccard similarity of the shingle sets (words and word pairs) of near-duplicates. */
const minSimilarity = 0.65;
const bands = 16;
const rowsPerBand = 3;
/** Maximum candidates per bucket. Without a limit, common phrases would be compared with every text. */
const maxCandidates = 8;

export interface NearDuplicateIndex {
  /** The group of a text (0, 1, …), given the ids of its words. */
  assignGroup(words: readonly number[]): number;
}

/**
 * Groups near-duplicate texts. Candidates come from locality-sensitive hashing of MinHash signatures (Broder 1997;
 * Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, chapter 3): a text with similarity 0.65 becomes a candidate
 * with probability 1 − (1 − 0.65³)¹⁶ > 0.99, one with 0.75 with > 0.999. Then the shingle sets are compared. A text is
 * compared with the first text of each group, so the result depends on the order of the texts.
 */
export function createNearDuplicateIndex(): NearDuplicateIndex {
  const groupByText = new Map<string, number>();
  const shingles: ReadonlySet<number>[] = [];
  const buckets = new Map<number, number[]>();

  const findGroup = (set: ReadonlySet<number>, keys: readonly number[]): number | undefined => {
    const seen = new Set<number>();
    for (const key of keys) {
      for (const group of buckets.get(key) ?? []) {
        if (seen.has(group)) continue;
        seen.add(group);
        const other = shingles[group];
        if (other && isSimilar(set, other, other.size)) return group;
      }
    }
    return undefined;
  };
  return {
    assignGroup: (words) => {
      const text = words.join(' ');
      const known = groupByText.get(text);
      if (known !== undefined) return known;
      const set = computeShingles(words);
      const keys = words.length < minWords ? [] : computeBandKeys(set);
      const group = findGroup(set, keys) ?? shingles.length;
      groupByText.set(text, group);
      if (group === shingles.length) {
        shingles.push(set);
        for (const key of keys) addToBucket(buckets, key, group);
      }
      return group;
    },
  };
}

function addToBucket(buckets: Map<number, number[]>, key: number, group: number): void {
  const bucket = buckets.get(key);
  if (!bucket) buckets.set(key, [group]);
  else if (bucket.length < maxCandidates) bucket.push(group);
}

/** Hashes of the words and of the pairs of adjacent words, given an id or a hash of each word. */
export function computeShingles(words: readonly number[]): Set<number> {
  const set = new Set<number>();
  let previous = 0;
  for (const id of words) {
    set.add(mix(id));
    if (previous !== 0) set.add(mix(Math.imul(previous, 0x9e3779b1) ^ id));
    previous = id;
  }
  return set;
}

const seeds = Uint32Array.from({ length: bands * rowsPerBand }, (_, index) => mix(index + 1) | 1);

/** The keys of the LSH bands (32 bits): each hashes the MinHash values (minimum over the set per hash function) of its rows. */
export function computeBandKeys(set: ReadonlySet<number>): number[] {
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

/** Whether the Jaccard similarity of two sets is at least `minSimilarity`; `other` has no value twice. */
export function isSimilar(set: ReadonlySet<number>, other: Iterable<number>, otherSize: number): boolean {
  if (Math.min(set.size, otherSize) < minSimilarity * Math.max(set.size, otherSize)) return false;
  let common = 0;
  for (const shingle of other) if (set.has(shingle)) common += 1;
  return common >= minSimilarity * (set.size + otherSize - common);
}

/** Mixes 32 bits: the finalizer of MurmurHash3. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
