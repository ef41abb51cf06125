import { type Story, type Vocabulary, vocabularies } from './brand-vocabulary.ts';
import { createRandom, mixSeeds, pick } from './random.ts';

const hour = 3_600_000;
/** One story begins in each slot, so that any last 24 hours hold several. */
const slot = 9 * hour;

export interface RunningStory {
  readonly vocabulary: Vocabulary;
  readonly story: Story;
  /** 0 to 1: it rises fast, and fades. */
  readonly strength: number;
}

/** The story that is running at a moment (ms since 1970), if any: always the same for the same seed. */
export function storyAt(seed: number, time: number): RunningStory | undefined {
  const index = Math.floor(time / slot);
  const random = createRandom(mixSeeds(seed, 5, index));
  const start = index * slot + random() * 5 * hour;
  const length = (1 + 2 * random()) * hour;
  const vocabulary = pick(random, vocabularies);
  const story = pick(random, vocabulary.stories);
  const progress = (time - start) / length;
  if (progress < 0 || progress >= 1) return undefined;
  return { vocabulary, story, strength: progress < 0.15 ? progress / 0.15 : (1 - progress) / 0.85 };
}

/** How much is posted at a moment against the average of a day: quiet at night, busy in the evening (UTC). */
export function rhythmAt(time: number): number {
  const ofDay = (time % (24 * hour)) / (24 * hour);
  return 1 + 0.55 * Math.sin(2 * Math.PI * (ofDay - 0.42)) + 0.15 * Math.sin(4 * Math.PI * (ofDay - 0.3));
}
