import type { BrandVoice, Habit, Story } from './brand-profile.ts';
import { voices } from './brands/brand-profiles.ts';
import { createRandom, mixSeeds, pick } from './random.ts';

const hour = 3_600_000;
/** One story begins in each slot, good and bad by turns: any last 24 hours hold several, a crisis among them. */
const slot = 9 * hour;

interface ToldStory {
  readonly voice: BrandVoice;
  readonly kind: 'crisis' | 'success';
  readonly story: Story;
}

/** A story in its place: from `start`, for `length` (ms). */
interface PlacedStory extends ToldStory {
  readonly start: number;
  readonly length: number;
}

export interface RunningStory extends ToldStory {
  /** 0 to 1: it rises fast, and fades. */
  readonly strength: number;
}

/** The story of a slot: always the same for the same seed. */
function storyOf(seed: number, index: number): PlacedStory {
  const random = createRandom(mixSeeds(seed, 5, index));
  const start = index * slot + random() * 5 * hour;
  const length = (1 + 2 * random()) * hour;
  const voice = pick(random, voices);
  const kind = index % 2 === 0 ? 'crisis' : 'success';
  return { voice, kind, story: pick(random, kind === 'crisis' ? voice.crises : voice.successes), start, length };
}

/** The story that is running at a moment (ms since 1970), if any. */
export function storyAt(seed: number, time: number): RunningStory | undefined {
  const { start, length, ...story } = storyOf(seed, Math.floor(time / slot));
  const progress = (time - start) / length;
  if (progress < 0 || progress >= 1) return undefined;
  return { ...story, strength: progress < 0.15 ? progress / 0.15 : (1 - progress) / 0.85 };
}

/** The last crisis that had begun by a moment: whose, and from when to when (ms since 1970). */
export function lastCrisis(seed: number, time: number): { readonly brand: string; readonly from: number; readonly to: number } {
  let index = Math.floor(time / slot);
  for (let story = storyOf(seed, index); story.kind !== 'crisis' || story.start > time; story = storyOf(seed, index)) index -= 1;
  const { voice, start, length } = storyOf(seed, index);
  return { brand: voice.rule.name, from: start, to: start + length };
}

/** How much is posted at a moment against the average of a day: quiet at night, busy in the evening (UTC). */
export function rhythmAt(time: number): number {
  const ofDay = (time % (24 * hour)) / (24 * hour);
  return 1 + 0.55 * Math.sin(2 * Math.PI * (ofDay - 0.42)) + 0.15 * Math.sin(4 * Math.PI * (ofDay - 0.3));
}

const busiestHours: Readonly<Record<Habit, number>> = { morning: 8, day: 13, evening: 20 };

/** How much a trade is talked about at a moment (UTC) against its average: coffee in the morning, films in the evening. */
export function interestAt(habit: Habit, time: number): number {
  const apart = ((time / hour) % 24) - busiestHours[habit];
  return 1 + 0.5 * Math.cos((2 * Math.PI * apart) / 24);
}
