import type { BrandVoice, Mood, Story, Topic } from './brand-profile.ts';
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

const tones: Readonly<Record<Tone, readonly Grammar[]>> = {
  positive: [positive],
  negative: [negative],
  neutral: [neutral],
  mixed: [mixed],
  crisis: [crisis, negative],
  success: [success, positive],
  news: [news, neutral],
  official: [official, neutral],
};

/** What a post about this scene may draw on, the most particular first; the brand goes by one name within a post. */
export function grammarsOf({ voice, other, topic, tone, story }: Scene, random: Random): readonly Grammar[] {
  const tellOther = createTeller(random, { brand: [other.rule.name] }, other.words, pick(random, other.topics), everyday);
  const own: Grammar = {
    firstName: firstNames,
    lastName: lastNames,
    brand: [tone === 'news' || tone === 'official' ? voice.rule.name : nameOf(voice, random)],
    other: [other.rule.name],
    otherPraise: [tellOther('{praise}')],
    otherBlame: [tellOther('{blame}')],
  };
  return [own, ...(story ? [story] : []), topic, voice.words, ...tones[tone], everyday];
}

function nameOf({ rule, words }: BrandVoice, random: Random): string {
  const form = pickWeighted(random, { name: 84, alias: 5, handle: 11 });
  if (form === 'alias') return pick(random, rule.aliases);
  return form === 'handle' ? pick(random, words['handle'] ?? [rule.name]) : rule.name;
}
