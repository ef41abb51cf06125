import { type Grammar, phrases } from '../grammar.ts';

/** People of two minds. */
export const mixed: Grammar = {
  say: phrases(`the {=thing} from {brand} {good}, but {downside} | {upside}, but {downside}. that's {brand} for you
    | {brand} {praise}. shame that the {=thing} {bad} | love the {=aspect}, hate the {aspect}. that is {brand} for you
    | the {brand} {=thing} {good}. on a bad day it {bad} | {helper} at {brand} was lovely, still {downside}
    | can't decide about {brand}: {upside}, {downside} | credit where it's due, {upside}. but {brand} {blame}
    | the {=aspect} of the {brand} {=thing} is great, the {aspect} not so much | {brand} giveth and {brand} taketh away: {upside}, yet {downside}`),
  more: phrases(
    `no idea if I'd do it again | half happy, half annoyed | {upside} though | {downside} though | it evens out | I'll give it another {span}`,
  ),
  end: phrases('so, yeah | mixed feelings | torn | could be worse | almost there, {handle} | 50/50 | meh and yay | we will see'),
  title: phrases('Good, with a but | Mixed feelings | Two hearts | Great {=aspect}, poor rest | Almost there'),
  short: phrases(
    '{brand} {=thing}: love it, hate it | pros: {upside}. cons: {downside}. {brand} | me and {brand}: it is complicated. {downside}',
  ),
  stars: phrases('3/5 | 3 stars | ★★★☆☆ | 5/10'),
  reply: phrases(
    'half agree, {upside} but {downside} | depends. one day mine {good}, the next it {bad} | yes and no: {upside}, {downside}',
  ),
  pair: phrases('{brand} {praise}, {other} {otherBlame}. balance | {other} {otherPraise} while {brand} {blame}. so it goes'),
  stop: phrases('. | . | . | , | ...'),
  emoji: phrases('🤷 | 😬 | 🫤 | 😅 | ⚖️ | 🙃 | |'),
};
