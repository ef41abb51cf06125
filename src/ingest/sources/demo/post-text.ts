import { pick, pickWeighted, type Random } from '../../../lib/random.ts';
import { type DemoAuthor, type DemoPlatform, firstNames, lastNames } from './authors.ts';
import type { BrandProfile, Mood, Scenario } from './brand-profile.ts';
import { chatter, crisis, everyday, mixed, negative, neutral, news, official, positive, success } from './english.ts';
import { otherLanguages } from './other-languages.ts';
import { createTextGenerator, type Grammar, type TextGenerator } from './text-generator.ts';
import { applyStyle, joinSentences, tidy } from './writing-style.ts';

export interface DemoText {
  readonly text: string;
  readonly isReply: boolean;
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

/** What a customer writes about a brand, in their language and in the form of their platform. */
export function personalText(context: PostContext, author: DemoAuthor, random: Random): DemoText {
  const { language, platform } = author;
  if (language !== 'en')
    return { text: tidy(foreignTextGenerator(context.brand, language, random)(foreignSlots[context.tone])), isReply: false };
  const generate = createTextGenerator(random, ...selectGrammars(context, random));
  const isReply = random() < replyShares[platform];
  const shape = isReply ? replyShape : random() < pairShare && platform !== 'reviews' ? pairShape : shapes[platform];
  const generated = ensureThreeWords(shape(generate, random), generate);
  return { text: applyStyle(tidy(withName(generated, context.brand, isReply, generate, random)), author.style, random), isReply };
}

/** A post that names no brand. */
export function chatterText(author: DemoAuthor, random: Random): DemoText {
  const generate = createTextGenerator(random, chatter, everyday);
  return { text: applyStyle(tidy(chatterShape(generate, random)), author.style, random), isReply: false };
}

/** Posts of news accounts and of the brand itself; about the scenario while one runs. */
export function publicText(context: PostContext, random: Random): DemoText {
  const generate = createTextGenerator(random, ...selectGrammars(context, random));
  const isOfficial = context.tone === 'official';
  const generated = generate(
    !context.scenario ? '{say}' : isOfficial ? '{statement}' : pick(random, ['{headline}', '{headline}', '{bulletin}: {headline}']),
  );
  const named = generated.includes(context.brand.rule.name) || !isOfficial ? generated : `${generated} ${findHashtag(context.brand) ?? ''}`;
  const linked = !isOfficial && random() < 0.45 ? `${named} ${generate('{link}')}` : named;
  return { text: applyStyle(tidy(linked), 'plain', random), isReply: generated.startsWith('Hi ') || generated.startsWith('Hello ') };
}

/** A post in which the brand's name means something else. */
export function ambiguousText(brand: BrandProfile, random: Random): DemoText {
  const generate = createTextGenerator(random, brand.words, everyday);
  return { text: applyStyle(tidy(generate('{ambiguous}')), 'plain', random), isReply: false };
}

function foreignTextGenerator({ rule }: BrandProfile, language: Exclude<DemoAuthor['language'], 'en'>, random: Random): TextGenerator {
  return createTextGenerator(random, otherLanguages[language], { brand: [rule.name] });
}

/** Adds the brand to a text that does not name it, mostly as a handle or a hashtag; a few stay without. */
function withName(text: string, brand: BrandProfile, isReply: boolean, generate: TextGenerator, random: Random): string {
  const { rule, words } = brand;
  if (
    new RegExp(`\\b(${[rule.name, ...rule.aliases.filter((alias) => !isTag(alias))].join('|')})\\b`, 'i').test(text) ||
    rule.aliases.some((alias) => isTag(alias) && text.split(/[\s,.!?]/).includes(alias))
  )
    return text;
  const handle = pick(random, words['handle'] ?? [rule.name]);
  const placement = pickWeighted(random, { before: isReply ? 60 : 15, after: 20, tag: isReply ? 5 : 60, unnamed: 5 });
  if (placement === 'unnamed') return text;
  if (placement === 'before') return `${handle} ${text}`;
  return `${text} ${placement === 'after' ? generate('cc {handle}') : (findHashtag(brand) ?? handle)}`;
}

/** A #hashtag or an @handle. */
const isTag = (alias: string): boolean => /^[#@]/.test(alias);

const findHashtag = ({ rule }: BrandProfile): string | undefined => rule.aliases.find((alias) => alias.startsWith('#'));

function ensureThreeWords(text: string, generate: TextGenerator): string {
  return text.split(/\s+/).filter((word) => /\w/.test(word)).length < 3 ? `${text} ${generate('{more}')}` : text;
}

/** A mood, or the tone of posts while a scenario runs. */
export type Tone = Mood | 'crisis' | 'success' | 'news' | 'official';

/** What a post is about. */
export interface PostContext {
  readonly brand: BrandProfile;
  /** Another brand, for posts that name two. */
  readonly other: BrandProfile;
  readonly topic: Grammar;
  readonly tone: Tone;
  readonly scenario?: Scenario;
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

/** The grammars for a post, most specific first; within a post the brand has one name. */
export function selectGrammars({ brand, other, topic, tone, scenario }: PostContext, random: Random): readonly Grammar[] {
  const generateOther = createTextGenerator(random, { brand: [other.rule.name] }, other.words, pick(random, other.topics), everyday);
  const postGrammar: Grammar = {
    firstName: firstNames,
    lastName: lastNames,
    brand: [tone === 'news' || tone === 'official' ? brand.rule.name : pickName(brand, random)],
    other: [other.rule.name],
    otherPraise: [generateOther('{praise}')],
    otherBlame: [generateOther('{blame}')],
  };
  return [postGrammar, ...(scenario ? [scenario] : []), topic, brand.words, ...tones[tone], everyday];
}

function pickName({ rule, words }: BrandProfile, random: Random): string {
  const form = pickWeighted(random, { name: 84, alias: 5, handle: 11 });
  if (form === 'alias') return pick(random, rule.aliases);
  return form === 'handle' ? pick(random, words['handle'] ?? [rule.name]) : rule.name;
}

/** The form of a text on one platform. */
type Shape = (generate: TextGenerator, random: Random) => string;

/** Sentences; the last one often has no full stop. */
function sentences(generate: TextGenerator, random: Random, ...slots: readonly string[]): string {
  return joinSentences(
    slots.map((slot) => generate(slot)),
    generate('{stop}'),
    random() < 0.45,
  );
}

const maybe = (random: Random, share: number, text: () => string): string => (random() < share ? text() : '');

const statement: Shape = (generate, random) =>
  [
    sentences(generate, random, '{say}', '{more?}', '{end?}'),
    maybe(random, 0.28, () => generate('{emoji}')),
    maybe(random, 0.22, () => generate('{tag}')),
    maybe(random, 0.03, () => generate('{link}')),
  ].join(' ');

const caption: Shape = (generate, random) =>
  [
    sentences(generate, random, random() < 0.6 ? '{short}' : '{say}', random() < 0.4 ? '{more}' : ''),
    maybe(random, 0.55, () => generate('{emoji}')),
    generate('{tag}'),
    generate('{tag?}'),
  ].join(' ');

const clip: Shape = (generate, random) =>
  [
    sentences(generate, random, random() < 0.75 ? '{short}' : '{say}', random() < 0.45 ? '{more}' : ''),
    maybe(random, 0.45, () => generate('{emoji}')),
    generate('{tag?}'),
  ].join(' ');

const thread: Shape = (generate, random) =>
  [
    maybe(random, 0.4, () => generate('{opening}')),
    sentences(generate, random, '{say}', '{more}', '{more?}', random() < 0.3 ? '{end}' : ''),
  ].join(' ');

const review: Shape = (generate, random) => {
  const body = sentences(generate, random, '{say}', '{more?}', '{more?}', random() < 0.2 ? '{end}' : '');
  const format = pickWeighted(random, { starsFirst: 40, titleFirst: 35, starsLast: 15, untitled: 10 });
  if (format === 'starsFirst') return `${generate('{stars}')} ${generate('{title}')}. ${body}`;
  if (format === 'titleFirst') return `${generate('{title}')} (${generate('{stars}')}). ${body}`;
  return format === 'starsLast'
    ? `${generate('{title}')}. ${joinSentences([body], '.', true)} ${generate('{stars}')}`
    : `${generate('{stars}')}: ${body}`;
};

const shapes: Readonly<Record<DemoPlatform, Shape>> = {
  chirp: statement,
  forum: thread,
  photogram: caption,
  clips: clip,
  reviews: review,
};

/** A reply, on any platform. */
const replyShape: Shape = (generate, random) =>
  [
    sentences(generate, random, '{reply}', random() < 0.35 ? '{more}' : '', random() < 0.2 ? '{end}' : ''),
    maybe(random, 0.25, () => generate('{emoji}')),
  ].join(' ');

const pairShape: Shape = (generate, random) =>
  [sentences(generate, random, '{pair}', random() < 0.3 ? '{more}' : ''), maybe(random, 0.25, () => generate('{emoji}'))].join(' ');

const chatterShape: Shape = (generate, random) =>
  [sentences(generate, random, '{say}'), maybe(random, 0.3, () => generate('{emoji}')), maybe(random, 0.15, () => generate('{tag}'))].join(
    ' ',
  );
