import type { Engagement, Post } from '../../post.ts';
import { type Vocabulary, vocabularies } from './brand-vocabulary.ts';
import { english } from './english.ts';
import { expand, type Grammar } from './grammar.ts';
import { otherLanguages } from './other-languages.ts';
import { inStyle, type Persona, personaOf } from './personas.ts';
import { createRandom, mixSeeds, pick, pickWeighted, type Random } from './random.ts';
import { storyAt } from './stories.ts';

const grammars = new Map(
  vocabularies.map((vocabulary) => [vocabulary, { ...english, ...vocabulary.words, brand: [vocabulary.brand] } satisfies Grammar]),
);
const shares = Object.fromEntries(vocabularies.map(({ share }, index) => [String(index), share]));

/** A story takes over this share of the posts while it is strongest. */
const storyShare = 0.72;
const chatterShare = 0.1;

/**
 * The demo post of a moment: the same seed, time (ms since 1970) and number within that time give the same post,
 * so a feed that starts again repeats itself instead of adding to the history.
 */
export function demoPost(seed: number, time: number, number: number): Post {
  const random = createRandom(mixSeeds(seed, time, number));
  const persona = personaOf(seed, random);
  const createdAt = new Date(time).toISOString();
  return {
    platform: persona.platform,
    id: `demo-${seed}-${time.toString(36)}-${number}`,
    text: inStyle(tidy(textOf(seed, time, persona, random)), persona.style, random),
    createdAt,
    updatedAt: createdAt,
    deleted: false,
    author: persona.author,
    engagement: engagementOf(persona, random),
    // Some platforms do not say which language a post is in.
    ...(persona.platform !== 'forum' && { lang: persona.language }),
    ...(persona.platform !== 'clips' && { url: `https://${persona.platform}.example/${time.toString(36)}${number}` }),
  };
}

function textOf(seed: number, time: number, persona: Persona, random: Random): string {
  const running = storyAt(seed, time);
  const tellsStory = running !== undefined && random() < storyShare * running.strength;
  const vocabulary = tellsStory ? running.vocabulary : vocabularyOf(random);
  const grammar: Grammar = grammars.get(vocabulary) ?? english;
  if (persona.language !== 'en') return expand({ ...otherLanguages[persona.language], brand: [vocabulary.brand] }, 'post', random);
  if (tellsStory && random() < 0.7) return expand({ ...grammar, story: running.story.phrases }, 'story', random);
  if (tellsStory) return expand(grammar, running.story.negative ? 'negative' : 'positive', random);
  if (random() < chatterShare) return expand(english, 'chatter', random);
  const text = expand(grammar, pickWeighted(random, vocabulary.mood), random);
  return random() < 0.04
    ? `${text} ${pick(random, ['Meanwhile', 'At least it is not', 'Same with', 'Now do'])} ${vocabularyOf(random).brand}.`
    : text;
}

function vocabularyOf(random: Random): Vocabulary {
  // The keys of `shares` are the indices of `vocabularies`.
  return vocabularies[Number(pickWeighted(random, shares))] as Vocabulary;
}

function engagementOf({ author }: Persona, random: Random): Engagement {
  const likes = Math.floor(((author.followers ?? 0) / 40) * random() ** 4 + random() * 4);
  return { likes, reposts: Math.floor(likes * 0.3 * random()), replies: Math.floor(likes * 0.2 * random()) };
}

/** Slots may come out empty: no double spaces, none before a full stop, a capital at the start. */
function tidy(text: string): string {
  const single = text
    .replace(/\s+/g, ' ')
    .replace(/ ([.,!?])/g, '$1')
    .replace(/([.!?])\.+(?!\.)/g, '$1')
    .trim();
  return single.charAt(0).toUpperCase() + single.slice(1);
}
