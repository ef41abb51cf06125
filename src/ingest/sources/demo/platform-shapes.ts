import type { DemoPlatform } from './authors.ts';
import type { Teller } from './grammar.ts';
import { pickWeighted, type Random } from './random.ts';
import { flow } from './writing-style.ts';

/** A text as people write it on one platform. */
export type Shape = (tell: Teller, random: Random) => string;

/** A few sentences, seldom with a full stop at the end where an emoji or a tag follows. */
function sentences(tell: Teller, random: Random, ...slots: readonly string[]): string {
  return flow(
    slots.map((slot) => tell(slot)),
    tell('{stop}'),
    random() < 0.45,
  );
}

const oneOf = (random: Random, share: number, text: () => string): string => (random() < share ? text() : '');

const statement: Shape = (tell, random) =>
  [
    sentences(tell, random, '{say}', '{more?}', '{end?}'),
    oneOf(random, 0.28, () => tell('{emoji}')),
    oneOf(random, 0.22, () => tell('{tag}')),
    oneOf(random, 0.03, () => tell('{link}')),
  ].join(' ');

const caption: Shape = (tell, random) =>
  [
    sentences(tell, random, random() < 0.6 ? '{short}' : '{say}', random() < 0.4 ? '{more}' : ''),
    oneOf(random, 0.55, () => tell('{emoji}')),
    tell('{tag}'),
    tell('{tag?}'),
  ].join(' ');

const clip: Shape = (tell, random) =>
  [
    sentences(tell, random, random() < 0.75 ? '{short}' : '{say}', random() < 0.45 ? '{more}' : ''),
    oneOf(random, 0.45, () => tell('{emoji}')),
    tell('{tag?}'),
  ].join(' ');

const thread: Shape = (tell, random) =>
  [oneOf(random, 0.4, () => tell('{opening}')), sentences(tell, random, '{say}', '{more}', '{more?}', random() < 0.3 ? '{end}' : '')].join(
    ' ',
  );

const review: Shape = (tell, random) => {
  const body = sentences(tell, random, '{say}', '{more?}', '{more?}', random() < 0.2 ? '{end}' : '');
  const format = pickWeighted(random, { starsFirst: 40, titleFirst: 35, starsLast: 15, untitled: 10 });
  if (format === 'starsFirst') return `${tell('{stars}')} ${tell('{title}')}. ${body}`;
  if (format === 'titleFirst') return `${tell('{title}')} (${tell('{stars}')}). ${body}`;
  return format === 'starsLast' ? `${tell('{title}')}. ${flow([body], '.', true)} ${tell('{stars}')}` : `${tell('{stars}')}: ${body}`;
};

export const shapes: Readonly<Record<DemoPlatform, Shape>> = {
  chirp: statement,
  forum: thread,
  photogram: caption,
  clips: clip,
  reviews: review,
};

/** An answer to somebody, on any platform. */
export const replyShape: Shape = (tell, random) =>
  [
    sentences(tell, random, '{reply}', random() < 0.35 ? '{more}' : '', random() < 0.2 ? '{end}' : ''),
    oneOf(random, 0.25, () => tell('{emoji}')),
  ].join(' ');

export const pairShape: Shape = (tell, random) =>
  [sentences(tell, random, '{pair}', random() < 0.3 ? '{more}' : ''), oneOf(random, 0.25, () => tell('{emoji}'))].join(' ');

export const chatterShape: Shape = (tell, random) =>
  [sentences(tell, random, '{say}'), oneOf(random, 0.3, () => tell('{emoji}')), oneOf(random, 0.15, () => tell('{tag}'))].join(' ');
