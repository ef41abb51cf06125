import { crisis } from './english/crisis.ts';
import { everyday } from './english/everyday.ts';
import { mixed } from './english/mixed.ts';
import { negative } from './english/negative.ts';
import { neutral, news, official } from './english/neutral.ts';
import { positive } from './english/positive.ts';
import { success } from './english/success.ts';
import { createTeller, type Grammar } from './grammar.ts';
import { firstNames, lastNames } from './names.ts';
import { pick, pickWeighted, type Random } from './random.ts';
import type { BrandVoice, Mood, Story, Topic } from './voice.ts';

/** A mood, or how people write while a story runs. */
export type Tone = Mood | 'crisis' | 'success' | 'news' | 'official';

/** What a post is about. */
export interface Scene {
  readonly voice: BrandVoice;
  /** Another brand, for posts that name two. */
  readonly other: BrandVoice;
  readonly topic: Topic;
  readonly tone: Tone;
  readonly story?: Story;
}

const tones: Readonly<Record<Tone, Grammar>> = {
  positive,
  negative,
  neutral,
  mixed,
  crisis: { ...negative, ...crisis },
  success: { ...positive, ...success },
  news: { ...neutral, ...news },
  official: { ...neutral, ...official },
};

/** Every list that a post about this scene may draw on; the brand goes by one name within a post. */
export function grammarOf({ voice, other, topic, tone, story }: Scene, random: Random): Grammar {
  const tellOther = createTeller({ ...everyday, ...other.words, ...pick(random, other.topics), brand: [other.rule.name] }, random);
  return {
    ...everyday,
    ...tones[tone],
    ...voice.words,
    ...topic,
    ...story,
    firstName: firstNames,
    lastName: lastNames,
    brand: [tone === 'news' || tone === 'official' ? voice.rule.name : nameOf(voice, random)],
    other: [other.rule.name],
    otherPraise: [tellOther('{praise}')],
    otherBlame: [tellOther('{blame}')],
  };
}

function nameOf({ rule, words }: BrandVoice, random: Random): string {
  const form = pickWeighted(random, { name: 84, alias: 5, handle: 11 });
  if (form === 'alias') return pick(random, rule.aliases);
  return form === 'handle' ? pick(random, words['handle'] ?? [rule.name]) : rule.name;
}
