import type { Persona } from './authors.ts';
import { grammarsOf, type Scene, type Tone } from './brand-grammar.ts';
import type { BrandVoice } from './brand-profile.ts';
import { chatter } from './english/chatter.ts';
import { everyday } from './english/everyday.ts';
import { createTeller, type Teller } from './grammar.ts';
import { otherLanguages } from './other-languages.ts';
import { chatterShape, pairShape, replyShape, shapes } from './platform-shapes.ts';
import { pick, pickWeighted, type Random } from './random.ts';
import { inStyle, tidy } from './writing-style.ts';

export interface DemoText {
  readonly text: string;
  readonly reply: boolean;
}

const replyShares = { chirp: 0.16, forum: 0.3, photogram: 0.08, clips: 0.12, reviews: 0 };
const pairShare = 0.045;
const foreignSlots: Readonly<Record<Tone, string>> = {
  positive: '{good}',
  success: '{good}',
  negative: '{bad}',
  crisis: '{bad}',
  neutral: '{plain}',
  mixed: '{plain}',
  news: '{plain}',
  official: '{plain}',
};

/** What somebody of the crowd writes about a brand, in their language and on their platform. */
export function personalText(scene: Scene, persona: Persona, random: Random): DemoText {
  const { language, platform } = persona;
  if (language !== 'en') return { text: tidy(foreignTeller(scene.voice, language, random)(foreignSlots[scene.tone])), reply: false };
  const tell = createTeller(random, ...grammarsOf(scene, random));
  const reply = random() < replyShares[platform];
  const shape = reply ? replyShape : random() < pairShare && platform !== 'reviews' ? pairShape : shapes[platform];
  const told = atLeastThreeWords(shape(tell, random), tell);
  return { text: inStyle(tidy(naming(told, scene.voice, reply, tell, random)), persona.style, random), reply };
}

/** Posts without any brand. */
export function chatterText(persona: Persona, random: Random): DemoText {
  const tell = createTeller(random, chatter, everyday);
  return { text: inStyle(tidy(chatterShape(tell, random)), persona.style, random), reply: false };
}

/** News desks and the brand's own account: the story's words while one runs. */
export function publicText(scene: Scene, random: Random): DemoText {
  const tell = createTeller(random, ...grammarsOf(scene, random));
  const own = scene.tone === 'official';
  const told = tell(!scene.story ? '{say}' : own ? '{statement}' : pick(random, ['{headline}', '{headline}', '{bulletin}: {headline}']));
  const named = told.includes(scene.voice.rule.name) || !own ? told : `${told} ${hashtagOf(scene.voice) ?? ''}`;
  const linked = !own && random() < 0.45 ? `${named} ${tell('{link}')}` : named;
  return { text: inStyle(tidy(linked), 'plain', random), reply: told.startsWith('Hi ') || told.startsWith('Hello ') };
}

/** Posts in which the brand's name means something else. */
export function trapText(voice: BrandVoice, random: Random): DemoText {
  const tell = createTeller(random, voice.words, everyday);
  return { text: inStyle(tidy(tell('{trap}')), 'plain', random), reply: false };
}

function foreignTeller({ rule }: BrandVoice, language: Exclude<Persona['language'], 'en'>, random: Random): Teller {
  return createTeller(random, otherLanguages[language], { brand: [rule.name] });
}

/** A post that says "it" is still about a brand: mostly its handle or its tag tells which. */
function naming(text: string, voice: BrandVoice, reply: boolean, tell: Teller, random: Random): string {
  const { rule, words } = voice;
  if (
    new RegExp(`\\b(${[rule.name, ...rule.aliases.filter((alias) => !isTag(alias))].join('|')})\\b`, 'i').test(text) ||
    rule.aliases.some((alias) => isTag(alias) && text.split(/[\s,.!?]/).includes(alias))
  )
    return text;
  const handle = pick(random, words['handle'] ?? [rule.name]);
  const way = pickWeighted(random, { before: reply ? 60 : 15, after: 20, tag: reply ? 5 : 60, unnamed: 5 });
  if (way === 'unnamed') return text;
  if (way === 'before') return `${handle} ${text}`;
  return `${text} ${way === 'after' ? tell('cc {handle}') : (hashtagOf(voice) ?? handle)}`;
}

/** A #hashtag or an @handle. */
const isTag = (alias: string): boolean => /^[#@]/.test(alias);

const hashtagOf = ({ rule }: BrandVoice): string | undefined => rule.aliases.find((alias) => alias.startsWith('#'));

function atLeastThreeWords(text: string, tell: Teller): string {
  return text.split(/\s+/).filter((word) => /\w/.test(word)).length < 3 ? `${text} ${tell('{more}')}` : text;
}
