import { type Grammar, phrases } from '../grammar.ts';

/** What happy people write about any brand. `say` holds the point, `more` supports it, `end` rounds it off. */
export const positive: Grammar = {
  say: phrases(`{brand} {praise} | so, {brand}. I {did} {when} and {delight} | the {brand} {=thing} {good}
    | the {brand} {=thing} {good} and {upside} | {upside}, {upside2}. {brand} {praise} | was sceptical about {brand}, but the {=thing} {good}
    | shout-out to {helper} at {brand}: {kindness} | big thank you to {helper} at {brand}, {kindness} | {brand} sorted out my {matter} in {shortTime}. {wow}
    | my {relative} talked me into the {brand} {=thing} and {delight} | {span2} of using other brands, and then the {brand} {=thing} {good}
    | whoever designed the {brand} {=thing} deserves a raise, it {good} | the {=aspect} of the {brand} {=thing} is {great}
    | can't believe how {great2} the {brand} {=thing} is | {brand} again {when}, {upside} | unpopular opinion, {brand} {praise}
    | I don't praise companies often, but {brand} {praise} | {wow} {brand} {praise} | {delightShort} the {brand} {=thing} {good} | friends. {brand}. I {did} {when} and {delight}
    | just {did} and {delight}. {brand}, who else | told {helper} at {brand} about my {matter} and {kindness}
    | {praiseNoun} for {brand}: {upside} | you know what? the {brand} {=thing} {good} | I'll say it, {brand} {praise}
    | {when} I {did}. {upside}. {brand}, you have me for life | if you were wondering about the {brand} {=thing}: it {good}
    | third time with {brand} this {span} and {upside} | came for the {=aspect}, stayed because {upside}. {brand} gets it
    | in love with the {brand} {=thing}. it {good} | {brand} made my {weekday}: {upside}
    | not an ad, I swear: the {brand} {=thing} {good} | a year with {brand} now, and no regrets. the {=thing} {good}
    | best {=thing} I've had in {span2}, {brand} | everyone at work has to hear about the {brand} {=thing}: it {good}
    | {brand}'s {=thing} {good}. {bestOf} | okay {brand}, I see you. {upside} and the {=aspect} is {great}`),
  delight:
    phrases(`I'm {happy} | it {good} | I couldn't be happier | I'm never going back | I can't stop smiling | it was worth every {coin}
    | it made my {weekday} | wow, just wow | {upside} | it's {great} | my {relative} is jealous
    | I've told everyone at work`),
  delightShort:
    phrases(`love it: | so good. | yesss: | finally! | impressed: | this made my day: | ten out of ten, | what a treat: | guys. | omg, |
    best decision of the {span}: | obsessed. | happy dance:`),
  upside2: phrases('what more do you want | I have no complaints | and that at this price | and all that {place} | honestly {great}'),
  kindness: phrases(`they went out of their way for me | so patient with my {relative} | they sorted my {matter} in {shortTime}
    | they stayed late to help me | they replaced it free of charge | they called back just to check that I'm fine
    | never met anyone that kind at {clock} | you turned a rotten {weekday} into a good one | they refunded me before I'd finished asking
    | they laughed at my terrible jokes | they even wrote a little note by hand`),
  wow: phrases(
    'impressive | lovely people | no fuss at all | that is how you do it | so fast | take notes, everyone else | what a service',
  ).map((word) => `${word}.`),
  praiseNoun: phrases('five stars | a round of applause | full marks | standing ovation | gold medal | a big hug | three cheers'),
  bestOf: phrases(
    'best thing about this {span} | nothing else comes close | I recommend it to everyone | happiest {relative} ever | simply {great}',
  ),
  great: phrases(`brilliant | superb | lovely | flawless | outstanding | a delight | fantastic | gorgeous | amazing | spot on | excellent
    | a joy | perfect | wonderful | top notch`),
  great2: phrases('good | lovely | smooth | reliable | brilliant | comfortable | easy | beautiful | well made | clever'),
  happy: phrases('thrilled | so impressed | in love | over the moon | properly happy | delighted | hooked | blown away | a fan'),
  more: phrases(`{upside} | also, {upside} | the {=aspect} is {great} | even my {relative} is {happy} | the {=aspect} alone is worth it
    | {upside} too | no regrets | {helper} {kind} | it {good} | would do it again tomorrow | recommended it to my {relative} already
    | I expected nothing and it was {great} | and {kindness} | the little details are {great} | can't fault it | five stars from me | {bestOf}`),
  kind: phrases('made my day | was an absolute star | deserves a bonus | was so helpful | knew everything | could not have been nicer'),
  end: phrases(`thank you! | thanks, {handle}! | highly recommended | more of this please | well done {handle} | so happy | treat yourself
    | you should try it | chapeau | I'm a fan | keep it up | 10/10 | A+ | made my week | what a lovely surprise | never change`),
  title:
    phrases(`Love it | So good | Worth every {coin} | Pleasantly surprised | Better than expected | My favourite {=thing} | Five stars | Superb {=aspect}
    | Happy customer | Would buy again | What a gem | Exactly as promised | Great {=aspect}, great people | No complaints at all`),
  short: phrases(`this {=thing} though | POV: the {brand} {=thing} {good} | {brand} did not have to go this hard | {brand}, never change
    | wait for it... {great}! | my {relative} trying the {brand} {=thing} for the first time | tell me you love {brand} without telling me
    | the {=aspect} on this, wow | me after I {did} | {brand} supremacy | day {digit} of loving this {=thing} | okay {brand}, {great}
    | when {upside} | rating the {brand} {=thing}: {digit}0 out of 10`),
  stars: phrases('5/5 | 4/5 | 5 stars | ★★★★★ | ★★★★☆ | 9/10'),
  reply:
    phrases(`same here, the {brand} {=thing} {good} | mine {good} too | glad I'm not the only one, {brand} {praise} | can confirm, {upside}
    | really? I {did} and {delight} | try asking {helper} at {brand}, {kindness} | give it time. mine {good}
    | no way, I love my {=thing} | agreed, {upside} | this! {brand} {praise} | happy for you, {upside} here as well`),
  pair: phrases(`{brand} {praise}, and {other} {otherPraise}. What a {weekday} | first {other} {otherPraise}, now {brand} {praise}. I could get used to this
    | {other} could learn from {brand}: {upside} | my holy trinity: {brand}, {other} and a nap. {upside} | {other} {otherBlame}, but {brand} {praise}`),
  stop: phrases('. | . | . | . | . | , | ... | ! | !'),
  emoji: phrases('😍 | 🎉 | ❤️ | 👏 | 🙌 | 😊 | ✨ | :) | 🔥 | 💚 | 🤩 | <3 | 🥰 | 💯 | 😁 | 👍 | 🥹 | 🙏 | :D | 😎'),
};
