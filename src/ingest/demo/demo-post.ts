import type { Engagement, Post } from '../../post.ts';
import { voices } from './brands/voices.ts';
import { chatterText, type DemoText, personalText, publicText, trapText } from './demo-text.ts';
import { newsDesk, ownAccount, type Persona, personaOf } from './personas.ts';
import { createRandom, mixSeeds, pick, pickWeighted, type Random } from './random.ts';
import { interestAt, type RunningStory, storyAt } from './stories.ts';
import type { BrandVoice } from './voice.ts';
import type { Scene } from './voice-grammar.ts';

interface Draft extends DemoText {
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
export function demoPost(seed: number, time: number, number: number): Post {
  const random = createRandom(mixSeeds(seed, time, number));
  const { persona, text, reply } = draft(seed, time, random);
  const createdAt = new Date(time).toISOString();
  return {
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
}

function draft(seed: number, time: number, random: Random): Draft {
  const running = storyAt(seed, time);
  const story = running && random() < storyShare * running.strength ? running : undefined;
  const voice = story?.voice ?? voiceAt(time, random);
  const kind = pickWeighted(random, story ? storyKinds : ordinaryKinds);
  if (kind === 'news' || kind === 'official') {
    const persona = kind === 'news' ? newsDesk(random) : ownAccount(voice);
    return { persona, ...publicText(sceneOf(voice, story, kind, random), random) };
  }
  const persona = personaOf(seed, random);
  // Reviews are about something that was bought, and the small grammars know brands only.
  const free = persona.platform !== 'reviews' && persona.language === 'en';
  if (kind === 'chatter' && free) return { persona, ...chatterText(persona, random) };
  if (kind === 'trap' && free) return { persona, ...trapText(voice, random) };
  return { persona, ...personalText(sceneOf(voice, story, toneOf(voice, story, persona, random), random), persona, random) };
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
