import { type Grammar, phrases } from '../grammar.ts';

/** What disappointed people write about any brand, in the same parts as the happy ones. */
export const negative: Grammar = {
  say: phrases(`{brand} {blame} | so, {brand}. I {did} {when} and {dismay} | the {brand} {=thing} {bad}
    | the {brand} {=thing} {bad} and {downside} | {downside}, {downside2}. {brand} {blame} | wanted to like {brand}, but the {=thing} {bad}
    | {waiting} on hold with {brand}. {rude} | still no answer from {brand} about my {matter} after {longTime}
    | day {digit} of chasing {brand} about my {matter}. {rude} | my {relative} talked me into the {brand} {=thing} and {dismay}
    | whoever designed the {brand} {=thing} has never used one, it {bad} | the {=aspect} of the {brand} {=thing} is {awful}
    | can't believe how {awful2} the {brand} {=thing} is | {brand} again {when}: {downside} | {angry} {brand} {blame}
    | seriously, {brand}? {downside} | {dismayShort} the {brand} {=thing} {bad} | gave {brand} a chance. I {did} {when} and {dismay} | just {did} and {dismay}. thanks for nothing, {brand}
    | {downside}. {downside}. this is {brand} in {year} | {helper} at {brand} {rude2} | told {brand} about my {matter} and {rude3}
    | cancelled with {brand} {when}. {downside} and {rude3} | I'm done with {brand}. {downside} | {brand} {blame}. I'm {unhappy}
    | {when} I {did}. {downside}. never again, {brand} | if you were wondering about the {brand} {=thing}: it {bad}
    | third time this {span} that {brand} {blame} | does anyone at {brand} ever use their own {=thing}? it {bad}
    | I pay good money to {brand} and the {=thing} {bad} | how is it possible that {brand} {blame}? | stay away from the {brand} {=thing}, it {bad}
    | {brand} used to be good. now {downside} | dear {brand}, {downside}. fix it | {brand} ruined my {weekday}: {downside}
    | congratulations {brand}, {downside} and you lost a customer | {brand}'s {=thing} {bad}. {worstOf}
    | great, {brand} {blame}. just what I needed {eyeroll} | oh wonderful, {downside}. never change, {brand} {eyeroll}
    | love how {brand} {blame} and calls it service {eyeroll} | I asked {brand} for help with my {matter}. {rude}`),
  year: phrases('a nutshell | a {weekday} mood | {month} | one sentence'),
  dismay: phrases(`I'm {unhappy} | it {bad} | I want my money back | I could cry | it ruined my {weekday} | it wasn't worth a single {coin}
    | I regret it already | never again | wow, how did this ship | {downside} | it's {awful} | my {relative} laughed at me`),
  dismayShort:
    phrases(`nope. | so bad: | avoid: | again! | disappointed: | this ruined my day: | zero stars, | what a mess. | ugh, | sigh. |
    worst decision of the {span}: | I give up, | not okay:`),
  downside2: phrases('what a joke | and they call that service | and that at this price | where do I even start | I have had enough'),
  rude: phrases(`they hung up on me. | nobody knows anything. | same script, third time. | the bot wished me a nice day. | then the line went dead.
    | they told me it's my own fault. | I got a survey instead of an answer. | not even a sorry. | they closed the ticket without a word.`),
  rude2:
    phrases(`hung up on me | rolled their eyes at my {relative} | told me it's my own fault | couldn't care less | lost my {matter} twice
    | lied to my face | left me standing there for {shortTime} | charged me twice and shrugged`),
  rude3: phrases(`they hung up on me | they want a fax | nobody even apologised | they charged me twice | I got a form letter back
    | they lost my papers twice | they blame the weather | they blocked me | they sent me in circles`),
  worstOf: phrases('worst thing about this {span} | total waste of money | save your money | I want a refund | simply {awful}'),
  angry: phrases(
    'unbelievable. | shame on you. | what a rip-off. | disgraceful. | I am fuming. | are you kidding me? | how dare they. | pathetic.',
  ),
  awful: phrases(`awful | terrible | useless | a disgrace | pathetic | broken | a nightmare | horrible | shocking | garbage | a joke
    | infuriating | a disaster | unacceptable | dreadful | embarrassing`),
  awful2: phrases('bad | slow | broken | useless | overpriced | badly made | confusing | unreliable | awful | dirty'),
  unhappy: phrases(
    'furious | so disappointed | fed up | heartbroken | properly angry | disgusted | sick of it | livid | so frustrated | done',
  ),
  eyeroll: phrases('🙄 | ... | /s | 👏👏 | lol | | 🤡 | 🎪 '),
  more: phrases(`{downside} | also, {downside} | the {=aspect} is {awful} | even my {relative} is {unhappy} | {rude} | I want my money back
    | {downside} too | what a waste of money | {helper} {rude2} | it {bad} | never again | told my {relative} not to bother
    | I expected little and got less | and {rude3} | nobody replies | one star is too many | {worstOf} | I'm {unhappy}`),
  end: phrases(`do better | never again | stay away | explain yourselves, {handle} | I'm done | save your money | fix this, {handle} | so tired of it
    | what a joke | shame | unacceptable | not okay | I want a refund | goodbye | anyone else? | still waiting, {handle} | 0/10`),
  title:
    phrases(`Avoid | So disappointed | Not worth a single {coin} | What a letdown | Worse than expected | Terrible {=aspect} | One star is too many
    | Never again | Waste of money | Broken promises | Awful {=thing} | Bad {=aspect}, worse service | Gone downhill | I want a refund`),
  short: phrases(`this {=thing} is {awful} | POV: the {brand} {=thing} {bad} | {brand} really said no | not {brand} again...
    | waiting for {brand} to answer, day {digit} | my face when {downside} | the {=aspect} on this, yikes | me after I {did}: broke and angry
    | {brand} fail number {digit} | rating the {brand} {=thing}: 0 out of 10 | do NOT bother with the {brand} {=thing} | and then {downside}
    | how it started: excited. how it's going: {downside} | {brand}, why`),
  stars: phrases('1/5 | 2/5 | 1 star | ★☆☆☆☆ | ★★☆☆☆ | 2/10 | zero stars'),
  reply: phrases(`same here, the {brand} {=thing} {bad} | mine {bad} too | not just you, {brand} {blame} | can confirm, {downside}
    | lucky you. I {did} and {dismay} | don't bother asking {helper} at {brand}. {rude} | wait and see. mine {bad}
    | hard disagree, {brand} {blame} | sorry to hear it, {downside} here as well | this! {brand} {blame} | and people still defend {brand}. {downside}`),
  pair: phrases(`{brand} {blame}, and {other} {otherBlame}. What a {weekday} | first {other} {otherBlame}, now {brand} {blame}. I give up
    | {other} {otherPraise}, and what do I get from {brand}? {downside} | not sure who is worse, {brand} or {other}. {downside}
    | if only {brand} were more like {other}... {downside}`),
  stop: phrases('. | . | . | . | . | , | ... | ! | ...'),
  emoji: phrases('😡 | 👎 | 💔 | 🤦 | 😤 | 😞 | :( | 🙄 | 😭 | 🤬 | 🗑️ | :/ | 😠 | 💀 | 🤮 | 😩 | ☹️ | 🚩 | 😒'),
};
