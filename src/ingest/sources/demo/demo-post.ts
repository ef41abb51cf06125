import type { Engagement, Post } from '../../../domain/post.ts';
import { newsDesk, ownAccount, type Persona, personaOf } from './authors.ts';
import type { Scene } from './brand-grammar.ts';
import type { BrandVoice } from './brand-profile.ts';
import { voices } from './brands/brand-profiles.ts';
import { chatterText, type DemoText, personalText, publicText, trapText } from './demo-text.ts';
import { createRandom, mixSeeds, pick, pickWeighted, type Random } from './random.ts';
import { interestAt, type RunningStory, storyAt } from './scenarios.ts';

/** What a post is meant to say: the tone in which somebody speaks of a brand, or the kind of those who are no customers. */
export interface Meaning {
  readonly tone: Scene['tone'] | 'chatter' | 'trap';
  /** Whether it belongs to the story that is running. */
  readonly inStory: boolean;
}

interface Draft extends DemoText, Meaning {
  readonly persona: Persona;
}

/** A story takes over this share of the posts while it is strongest. */
const storyShare = 0.72;
const ordinaryKinds = { person: 84, chatter: 9, news: 3, official: 2.5, trap: 1.5 };
const storyKinds = { person: 90, chatter: 0, news: 6, official: 4, trap: 0 };

/**
 * The demo post of a moment: the same seed, time (ms since 1970) and number within that time give the same post,
 * so a feed that starts again repeats itself instead of adding to the history.
 */
export const demoPost = (seed: number, time: number, number: number): Post => demoPostWithMeaning(seed, time, number).post;

/** The same, with what it is meant to say, for those who measure what becomes of it. */
export function demoPostWithMeaning(seed: number, time: number, number: number): Meaning & { readonly post: Post } {
  const random = createRandom(mixSeeds(seed, time, number));
  const { persona, text, reply, tone, inStory } = draft(seed, time, random);
  const createdAt = new Date(time).toISOString();
  const post: Post = {
    platform: persona.platform,
    id: `demo-${seed}-${time.toString(36)}-${number}`,
    text,
    createdAt,
    updatedAt: createdAt,
    deleted: false,
    author: persona.author,
    engagement: engagementOf(persona, random),
    // Some platforms do not say which language a post is in.
    ...(persona.platform !== 'forum' && { lang: persona.language }),
    ...(persona.platform !== 'clips' && { url: `https://${persona.platform}.example/${time.toString(36)}${number}` }),
    ...(reply && { inReplyTo: `thread-${Math.floor(random() * 1e9).toString(36)}` }),
  };
  return { post, tone, inStory };
}

function draft(seed: number, time: number, random: Random): Draft {
  const running = storyAt(seed, time);
  const story = running && random() < storyShare * running.strength ? running : undefined;
  const voice = story?.voice ?? voiceAt(time, random);
  const inStory = story !== undefined;
  const kind = pickWeighted(random, story ? storyKinds : ordinaryKinds);
  if (kind === 'news' || kind === 'official') {
    const persona = kind === 'news' ? newsDesk(random) : ownAccount(voice);
    return { persona, tone: kind, inStory, ...publicText(sceneOf(voice, story, kind, random), random) };
  }
  const persona = personaOf(seed, random);
  // Reviews are about something that was bought, and the small grammars know brands only.
  const free = persona.platform !== 'reviews' && persona.language === 'en';
  if (kind === 'chatter' && free) return { persona, tone: kind, inStory, ...chatterText(persona, random) };
  if (kind === 'trap' && free) return { persona, tone: kind, inStory, ...trapText(voice, random) };
  const tone = toneOf(voice, story, persona, random);
  return { persona, tone, inStory, ...personalText(sceneOf(voice, story, tone, random), persona, random) };
}

function voiceAt(time: number, random: Random): BrandVoice {
  const shares = Object.fromEntries(voices.map(({ share, habit }, index) => [String(index), share * interestAt(habit, time)]));
  // The keys of `shares` are the indices of `voices`.
  return voices[Number(pickWeighted(random, shares))] as BrandVoice;
}

function toneOf(voice: BrandVoice, story: RunningStory | undefined, { platform }: Persona, random: Random): Scene['tone'] {
  // Not everybody has heard what happened: some are just in the mood of the day.
  if (story) return random() < 0.82 ? story.kind : story.kind === 'crisis' ? 'negative' : 'positive';
  if (platform === 'forum' && random() < 0.25) return 'neutral';
  const mood = pickWeighted(random, voice.moods);
  return platform === 'reviews' && mood === 'neutral' ? 'mixed' : mood;
}

function sceneOf(voice: BrandVoice, running: RunningStory | undefined, tone: Scene['tone'], random: Random): Scene {
  const other = pick(
    random,
    voices.filter((one) => one !== voice),
  );
  const tellsStory = running && (tone === running.kind || tone === 'news' || tone === 'official');
  return { voice, other, topic: pick(random, voice.topics), tone, ...(tellsStory && { story: running.story }) };
}

function engagementOf({ author }: Persona, random: Random): Engagement {
  const likes = Math.floor(((author.followers ?? 0) / 40) * random() ** 4 + random() * 4);
  return { likes, reposts: Math.floor(likes * 0.3 * random()), replies: Math.floor(likes * 0.2 * random()) };
}
