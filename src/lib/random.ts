/** Random numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

/** Mulberry32 (Tommy Ettinger, 2017; public domain): 32 bits of state, good enough for demo posts. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Mixes several numbers into a seed; adjacent inputs give unrelated seeds (the finalizer of MurmurHash3). */
export function mixSeeds(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part >>> 0) ^ (Math.floor(part / 4_294_967_296) >>> 0), 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** A uniformly random choice; `choices` must not be empty. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

/** One of several choices, each as likely as its weight. */
export function pickWeighted<T extends string>(random: Random, weights: Readonly<Record<T, number>>): T {
  const entries = Object.entries(weights) as [T, number][]; // the keys are T by the parameter's type
  let remaining = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of entries) {
    remaining -= weight;
    if (remaining < 0) return choice;
  }
  return (entries.at(-1) as [T, number])[0];
}
