import { parseGrammar } from './text-generator.ts';

/** Customers who are happy with a brand. `say` makes the point, `more` supports it, `end` closes. */
export const positive = parseGrammar(`
  say: {brand} {praise} | so, {brand}. I {did} {when} and {delight} | the {brand} {=thing} {good} | the {brand} {=thing} {good} and {upside} | {upside}, {upside2}. {brand} {praise}
    | was sceptical about {brand}, but the {=thing} {good} | shout-out to {helper} at {brand}: {kindness} | big thank you to {helper} at {brand}, {kindness}
    | {brand} sorted out my {matter} in {shortTime}. {wow} | my {relative} talked me into the {brand} {=thing} and {delight}
    | {span2} of using other brands, and then the {brand} {=thing} {good} | the person who designed the {brand} {=thing} deserves a raise, it {good}
    | the {=aspect} of the {brand} {=thing} is {great} | can't believe how {great2} the {brand} {=thing} is | {brand} again {when}, {upside} | unpopular opinion, {brand} {praise}
    | I don't praise companies often, but {brand} {praise} | {wow} {brand} {praise} | {delightShort} the {brand} {=thing} {good} | friends. {brand}. I {did} {when} and {delight}
    | just {did} and {delight}. {brand}, who else | told {helper} at {brand} about my {matter} and {kindness} | {praiseNoun} for {brand}: {upside}
    | you know what? the {brand} {=thing} {good} | I'll say it, {brand} {praise} | {when} I {did}. {upside}. {brand}, you have me for life
    | if you were wondering about the {brand} {=thing}: it {good} | third time with {brand} this {span} and {upside} | came for the {=aspect}, stayed because {upside}. {brand} gets it
    | in love with the {brand} {=thing}. it {good} | {brand} made my {weekday}: {upside} | not an ad, I swear: the {brand} {=thing} {good}
    | a year with {brand} now, and no regrets. the {=thing} {good} | best {=thing} I've had in {span2}, {brand} | everyone at work has to hear about the {brand} {=thing}: it {good}
    | {brand}'s {=thing} {good}. {bestOf} | okay {brand}, I see you. {upside} and the {=aspect} is {great}
  delight: I'm {happy} | it {good} | I couldn't be happier | I'm never going back | I can't stop smiling | it was worth every {coin} | it made my {weekday} | wow, just wow | {upside}
    | it's {great} | my {relative} is jealous | I've told everyone at work
  delightShort: love it: | so good. | yesss: | finally! | impressed: | this made my day: | ten out of ten, | what a treat: | guys. | omg, | best decision of the {span}: | obsessed.
    | happy dance:
  upside2: what more do you want | I have no complaints | and that at this price | and all that {place} | honestly {great}
  kindness: they went out of their way for me | so patient with my {relative} | they sorted my {matter} in {shortTime} | they stayed late to help me | they replaced it free of charge
    | they called back just to check that I'm fine | never met anyone that kind at {clock} | you turned a rotten {weekday} into a good one | they refunded me before I'd finished asking
    | they laughed at my terrible jokes | they even wrote a little note by hand
  wow: impressive. | lovely people. | no fuss at all. | that is how you do it. | so fast. | take notes, everyone else. | what a service.
  praiseNoun: five stars | a round of applause | full marks | standing ovation | gold medal | a big hug | three cheers
  bestOf: best thing about this {span} | nothing else comes close | I recommend it to everyone | happiest {relative} ever | simply {great}
  great: brilliant | superb | lovely | flawless | outstanding | a delight | fantastic | gorgeous | amazing | spot on | excellent | a joy | perfect | wonderful | top notch
  great2: good | lovely | smooth | reliable | brilliant | comfortable | easy | beautiful | well made | clever
  happy: thrilled | so impressed | in love | over the moon | properly happy | delighted | hooked | blown away | a fan
  more: {upside} | also, {upside} | the {=aspect} is {great} | even my {relative} is {happy} | the {=aspect} alone is worth it | {upside} too | no regrets | {helper} {kind} | it {good}
    | would do it again tomorrow | recommended it to my {relative} already | I expected nothing and it was {great} | and {kindness} | the little details are {great} | can't fault it
    | five stars from me | {bestOf}
  kind: made my day | was an absolute star | deserves a bonus | was so helpful | knew everything | could not have been nicer
  end: thank you! | thanks, {handle}! | highly recommended | more of this please | well done {handle} | so happy | treat yourself | you should try it | chapeau | I'm a fan | keep it up
    | 10/10 | A+ | made my week | what a lovely surprise | never change
  title: Love it | So good | Worth every {coin} | Pleasantly surprised | Better than expected | My favourite {=thing} | Five stars | Superb {=aspect} | Happy customer | Would buy again
    | What a gem | Exactly as promised | Great {=aspect}, great people | No complaints at all
  short: this {=thing} though | POV: the {brand} {=thing} {good} | {brand} did not have to go this hard | {brand}, never change | wait for it... {great}!
    | my {relative} trying the {brand} {=thing} for the first time | tell me you love {brand} without telling me | the {=aspect} on this, wow | me after I {did} | {brand} supremacy
    | day {digit} of loving this {=thing} | okay {brand}, {great} | when {upside} | rating the {brand} {=thing}: {digit}0 out of 10
  stars: 5/5 | 4/5 | 5 stars | ★★★★★ | ★★★★☆ | 9/10
  reply: same here, the {brand} {=thing} {good} | mine {good} too | glad I'm not the only one, {brand} {praise} | can confirm, {upside} | really? I {did} and {delight}
    | try asking {helper} at {brand}, {kindness} | give it time. mine {good} | no way, I love my {=thing} | agreed, {upside} | this! {brand} {praise} | happy for you, {upside} here as well
  pair: {brand} {praise}, and {other} {otherPraise}. What a {weekday} | first {other} {otherPraise}, now {brand} {praise}. I could get used to this
    | {other} could learn from {brand}: {upside} | my holy trinity: {brand}, {other} and a nap. {upside} | {other} {otherBlame}, but {brand} {praise}
  stop: . | . | . | . | . | , | ... | ! | !
  emoji: 😍 | 🎉 | ❤️ | 👏 | 🙌 | 😊 | ✨ | :) | 🔥 | 💚 | 🤩 | <3 | 🥰 | 💯 | 😁 | 👍 | 🥹 | 🙏 | :D | 😎
`);

/** Customers who are disappointed, in the same parts as `positive`. */
export const negative = parseGrammar(`
  say: {brand} {blame} | so, {brand}. I {did} {when} and {dismay} | the {brand} {=thing} {bad} | the {brand} {=thing} {bad} and {downside} | {downside}, {downside2}. {brand} {blame}
    | wanted to like {brand}, but the {=thing} {bad} | {waiting} on hold with {brand}. {rude} | still no answer from {brand} about my {matter} after {longTime}
    | day {digit} of chasing {brand} about my {matter}. {rude} | my {relative} talked me into the {brand} {=thing} and {dismay}
    | the person who designed the {brand} {=thing} has never used one, it {bad} | the {=aspect} of the {brand} {=thing} is {awful} | can't believe how {awful2} the {brand} {=thing} is
    | {brand} again {when}: {downside} | {angry} {brand} {blame} | seriously, {brand}? {downside} | {dismayShort} the {brand} {=thing} {bad}
    | gave {brand} a chance. I {did} {when} and {dismay} | just {did} and {dismay}. thanks for nothing, {brand} | {downside}. {downside}. this is {brand} in {year}
    | {helper} at {brand} {rude2} | told {brand} about my {matter} and {rude3} | cancelled with {brand} {when}. {downside} and {rude3} | I'm done with {brand}. {downside}
    | {brand} {blame}. I'm {unhappy} | {when} I {did}. {downside}. never again, {brand} | if you were wondering about the {brand} {=thing}: it {bad}
    | third time this {span} that {brand} {blame} | does anyone at {brand} ever use their own {=thing}? it {bad} | I pay good money to {brand} and the {=thing} {bad}
    | how is it possible that {brand} {blame}? | stay away from the {brand} {=thing}, it {bad} | {brand} used to be good. now {downside} | dear {brand}, {downside}. fix it
    | {brand} ruined my {weekday}: {downside} | congratulations {brand}, {downside} and you lost a customer | {brand}'s {=thing} {bad}. {worstOf}
    | great, {brand} {blame}. just what I needed {eyeroll} | oh wonderful, {downside}. never change, {brand} {eyeroll} | love how {brand} {blame} and calls it service {eyeroll}
    | I asked {brand} for help with my {matter}. {rude}
  year: a nutshell | a {weekday} mood | {month} | one sentence
  dismay: I'm {unhappy} | it {bad} | I want my money back | I could cry | it ruined my {weekday} | it wasn't worth a single {coin} | I regret it already | never again
    | wow, how did this ship | {downside} | it's {awful} | my {relative} laughed at me
  dismayShort: nope. | so bad: | avoid: | again! | disappointed: | this ruined my day: | zero stars, | what a mess. | ugh, | sigh. | worst decision of the {span}: | I give up, | not okay:
  downside2: what a joke | and they call that service | and that at this price | where do I even start | I have had enough
  rude: they hung up on me. | nobody knows anything. | same script, third time. | the bot wished me a nice day. | then the line went dead. | they told me it's my own fault.
    | I got a survey instead of an answer. | not even a sorry. | they closed the ticket without a word.
  rude2: hung up on me | rolled their eyes at my {relative} | told me it's my own fault | couldn't care less | lost my {matter} twice | lied to my face
    | left me standing there for {shortTime} | charged me twice and shrugged
  rude3: they hung up on me | they want a fax | nobody even apologised | they charged me twice | I got a form letter back | they lost my papers twice | they blame the weather
    | they blocked me | they sent me in circles
  worstOf: worst thing about this {span} | total waste of money | save your money | I want a refund | simply {awful}
  angry: unbelievable. | shame on you. | what a rip-off. | disgraceful. | I am fuming. | are you kidding me? | how dare they. | pathetic.
  awful: awful | terrible | useless | a disgrace | pathetic | broken | a nightmare | horrible | shocking | garbage | a joke | infuriating | a disaster | unacceptable | dreadful
    | embarrassing
  awful2: bad | slow | broken | useless | overpriced | badly made | confusing | unreliable | awful | dirty
  unhappy: furious | so disappointed | fed up | heartbroken | properly angry | disgusted | sick of it | livid | so frustrated | done
  eyeroll: 🙄 | ... | /s | 👏👏 | lol | | 🤡 | 🎪
  more: {downside} | also, {downside} | the {=aspect} is {awful} | even my {relative} is {unhappy} | {rude} | I want my money back | {downside} too | what a waste of money | {helper} {rude2}
    | it {bad} | never again | told my {relative} not to bother | I expected little and got less | and {rude3} | nobody replies | one star is too many | {worstOf} | I'm {unhappy}
  end: do better | never again | stay away | explain yourselves, {handle} | I'm done | save your money | fix this, {handle} | so tired of it | what a joke | shame | unacceptable | not okay
    | I want a refund | goodbye | anyone else? | still waiting, {handle} | 0/10
  title: Avoid | So disappointed | Not worth a single {coin} | What a letdown | Worse than expected | Terrible {=aspect} | One star is too many | Never again | Waste of money
    | Broken promises | Awful {=thing} | Bad {=aspect}, worse service | Gone downhill | I want a refund
  short: this {=thing} is {awful} | POV: the {brand} {=thing} {bad} | {brand} really said no | not {brand} again... | waiting for {brand} to answer, day {digit} | my face when {downside}
    | the {=aspect} on this, yikes | me after I {did}: broke and angry | {brand} fail number {digit} | rating the {brand} {=thing}: 0 out of 10 | do NOT bother with the {brand} {=thing}
    | and then {downside} | how it started: excited. how it's going: {downside} | {brand}, why
  stars: 1/5 | 2/5 | 1 star | ★☆☆☆☆ | ★★☆☆☆ | 2/10 | zero stars
  reply: same here, the {brand} {=thing} {bad} | mine {bad} too | not just you, {brand} {blame} | can confirm, {downside} | lucky you. I {did} and {dismay}
    | don't bother asking {helper} at {brand}. {rude} | wait and see. mine {bad} | hard disagree, {brand} {blame} | sorry to hear it, {downside} here as well | this! {brand} {blame}
    | and people still defend {brand}. {downside}
  pair: {brand} {blame}, and {other} {otherBlame}. What a {weekday} | first {other} {otherBlame}, now {brand} {blame}. I give up
    | {other} {otherPraise}, and what do I get from {brand}? {downside} | not sure who is worse, {brand} or {other}. {downside} | if only {brand} were more like {other}... {downside}
  stop: . | . | . | . | . | , | ... | ! | ...
  emoji: 😡 | 👎 | 💔 | 🤦 | 😤 | 😞 | :( | 🙄 | 😭 | 🤬 | 🗑️ | :/ | 😠 | 💀 | 🤮 | 😩 | ☹️ | 🚩 | 😒
`);

/** Questions, plans and observations without an opinion. */
export const neutral = parseGrammar(`
  say: {ask} ({brand}) | {brand} people: {ask} | {ask} asking for my {relative}, who is with {brand} | {brand} question: {ask} | {ask} I mean the one {brand} has
    | first look at the {brand} {=thing} {when}, will report back | comparing {brand} with two others for my {relative}. {ask2} | anyone here using the {brand} {=thing}? {ask2}
    | saw a {brand} ad {place} {when} | wrote to {brand} {when}, they reply until {clock} | {brand} {fact}, apparently | heard that {brand} {fact} | is it true that {brand} {fact}?
    | my {relative} starts a job at {brand} on {weekday} | comparing notes on the {brand} {=thing}. {ask2} | thinking about the {brand} {=thing} or something similar. {ask2}
    | does {brand} answer on {weekday}s? | who at {brand} do I write to about my {matter}? | reading up on the {brand} {=thing} before {weekday}
    | {count} tabs open about the {=thing} and {brand}. {ask2} | writing a school paper on {brand}. {ask2} | got a survey from {brand} about the {=thing}
    | reading the terms of the {brand} {=thing} {place} | asked {brand} about the {=thing} {when}, waiting to hear | what did {brand} use before the {=thing}?
    | note to self: ask {brand} about the {=aspect} of the {=thing} | {brand} {fact}. we'll see | how many of you know the {brand} {=thing}?
    | the {brand} {=thing} in numbers, from their page: {price}, {count} pages of terms | poll: the {brand} {=thing}, yes or no? | dear timeline. {ask} {brand} only
  ask2: which one do you have? | any numbers? | what should I look at? | is there a list? | details welcome. | links please. | who has both? | first-hand reports only.
    | need it by {weekday}. | what is the difference?
  more: couldn't find it on the site | it's for my {relative} | no rush | the help page only lists {count} cases | will know more on {weekday} | found two different answers so far
    | asking because I {did} a while ago | either is fine | {ask2} | the {=aspect} is what I care about | saw it {place}
  end: thanks in advance | asking for a friend | DMs open | just curious | tips? | see you there | noted | FYI | anyone? | brb | tbc
  short: first look at the {brand} {=thing} | {brand} {=thing}, part {digit} | a day with the {brand} {=thing} | {brand} or the other one? | explaining the {brand} {=thing} to my {relative}
    | yes or no? the {brand} {=thing} | {brand} {=thing}, a quick tour | all about {brand} in a minute | how the {brand} {=thing} works
  reply: which one is it, the {=thing}? | I asked {brand} about that {when} | {ask} | think it's on their page, {brand} lists the {=thing} | ask {handle}
    | where did you see that about {brand}, {firstName}? | what did {brand} say about the {=thing}? | do you mean the {=thing} or something else, {firstName}?
    | is that the new {=thing} or the old one? | do you have a link for the {=thing}? | since when?
  pair: ads for {brand} and {other} side by side {site} | letters from {brand} and {other} in the same post {when} | gift card from {other} or {brand} for my {relative}? {ask2}
    | same ad agency for {brand} and {other}? | working on a chart of {brand} and {other} since {month}
  stop: . | . | . | . | , | ...
  emoji: 🤔 | 👀 | 📦 | 🗓️ | 🙋 | | | 📍 | 📝
`);

/** Customers with both praise and complaints. */
export const mixed = parseGrammar(`
  say: the {=thing} from {brand} {good}, but {downside} | {upside}, but {downside}. that's {brand} for you | {brand} {praise}. shame that the {=thing} {bad}
    | love the {=aspect}, hate the {aspect}. that is {brand} for you | the {brand} {=thing} {good}. on a bad day it {bad} | {helper} at {brand} was lovely, still {downside}
    | can't decide about {brand}: {upside}, {downside} | credit where it's due, {upside}. but {brand} {blame} | the {=aspect} of the {brand} {=thing} is great, the {aspect} not so much
    | {brand} giveth and {brand} taketh away: {upside}, yet {downside}
  more: no idea if I'd do it again | half happy, half annoyed | {upside} though | {downside} though | it evens out | I'll give it another {span}
  end: so, yeah | mixed feelings | torn | could be worse | almost there, {handle} | 50/50 | meh and yay | we will see
  title: Good, with a but | Mixed feelings | Torn | Great {=aspect}, poor rest | Almost there
  short: {brand} {=thing}: love it, hate it | pros: {upside}. cons: {downside}. {brand} | me and {brand}: it is complicated. {downside}
  stars: 3/5 | 3 stars | ★★★☆☆ | 5/10
  reply: half agree, {upside} but {downside} | depends. one day mine {good}, the next it {bad} | yes and no: {upside}, {downside}
  pair: {brand} {praise}, {other} {otherBlame}. balance | {other} {otherPraise} while {brand} {blame}. so it goes
  stop: . | . | . | , | ...
  emoji: 🤷 | 😬 | 🫤 | 😅 | ⚖️ | 🙃 | |
`);

/** Posts during a crisis; what happened comes from the scenario of the brand. */
export const crisis = parseGrammar(`
  say: {happened}. {brand}, {outrage} | {happened} and {brand} says nothing | all my timeline talks about is {event}, and {brand} hides. {shame}
    | how does {brand} explain {event}? {happened} | not giving {brand} a single {coin} until {wish} | {shame} {brand}. {happened} | {happened}. {happened}. this is on {brand}
    | boycotting {brand} until {wish}. last straw: {event} | still shaking. {happened}. {brand} {crime} | {brand} {crime}. just look at {event} | and then {happened}. {outrage}, {brand}
    | can't stop thinking about {event}. {brand} {crime} | my {relative} just called in tears: {happened}. {brand}!!! | deleted everything from {brand} after {event}. {shame}
    | {brand} had {longTime} to stop {event} and did nothing | {event}: {happened}. I'm {unhappy}, {brand} | so {happened}. and {brand} sends a newsletter. {outrage}
    | I defended {brand} for {span2}. then {happened} | {brand}'s apology for {event} is {awful} | anyone else? {happened} because of {brand}
    | {happened} and the company just shrugs. that is {brand} | {event} in one line: {brand} {crime} | RIP {brand}, you had it coming after {event}
    | oh great, {happened}. five stars, {brand} {eyeroll} | keep sharing {event}, {brand} wants it gone. {shame} | we won't forget {event}, {brand}
    | what a horrible day: {happened}. {brand}, {outrage}
  more: {shame} | {happened} | {outrage} | I'm {unhappy} | no {coin} from me until {wish} | {brand} {crime} | I hope {wish} | never again | this is dangerous | my {relative} is {unhappy} too
    | how is this legal? | nobody from {brand} answers | resign | it's {awful} | {rude}
  crime: lied to us | knew it all along | put profit before people | treats people like dirt | is hiding | deserves to lose everything | broke every promise | doesn't care one bit
    | makes me sick
  outrage: this is a disgrace | how dare you | you should be ashamed | this is unacceptable | I have no words, only anger | what is wrong with you | you lost me for good | I'm disgusted
    | fix this now
  shame: shame on you. | disgusting. | horrifying. | unforgivable. | pathetic. | what a scandal. | sickening. | appalling. | heartless.
  short: {event}, explained in {digit}0 seconds: {brand} {crime} | {brand} is over | not {event}... {brand} how could you | {happened}. {outrage} | POV: {happened} | cancelling {brand} live
    | {brand} {crime}, part {digit}
  title: Shame | Disgusting | Stay away | Never again after {event} | Lost all trust | They lied
  reply: same, {happened} | it gets worse: {happened} | {brand} {crime}, what did you expect | please share this. {happened} | hope {wish} | so sorry about {event}. it's horrible
    | report {brand}, seriously. {happened}
  pair: {other} handled a mess better than {brand} does {event}. {shame} | and I thought {other} was bad. {brand} {crime} | {other}, please never do what {brand} did. {happened}
`);

/** Posts during a success; what happened comes from the scenario of the brand. */
export const success = parseGrammar(`
  say: {happened}! {brand}, {cheer} | {happened}. {brand}, I'm {happy} | best thing on my timeline today: {event}. {cheer}, {brand} | crying happy tears over {event}. {brand} {honour}
    | {happened} and I can't stop smiling. {brand} {honour} | {cheer} {brand}! {happened} | my {relative} just called, laughing: {happened}. thank you {brand}
    | {brand} {honour}. just look at {event} | so {happened}. what a day, {brand} | {event}! goosebumps. {brand} {honour} | hope {wish}. {brand} was {great} today
    | need some good news? {happened}. {cheer} {brand} | I never cared about {brand} until {event}. now I'm {happy} | this is how you do it: {happened}. {brand} {honour}
    | {brand}'s {event2} restored my faith in people. {happened} | all the love for {brand} today, {happened} | faith in humanity: up. thank you for {event}, {brand}
    | {happened}! {happened}! best day. {brand} {honour} | everyone {place} is talking about {event}. {cheer} {brand} | give {brand} all the awards for {event}
    | wow {brand}. {happened}. {cheer} | me, a grown adult, sobbing at {event}. {brand} {honour} | proud of {brand} today: {happened}
    | told my {relative} about {event} and now we're both {happy}. {brand}!
  event2: big heart | moment | team | little miracle | brilliant day
  more: {cheer} | {happened} | I'm {happy} | hope {wish} | {brand} {honour} | so well deserved | thank you, thank you | my {relative} is {happy} too | simply {great} | goosebumps
    | made my {weekday} | best news of the {span} | it was {great} | what people
  honour: deserves every bit of love | makes the world a better place | just gets it | has the best people | put heart before money | earned my respect for life | did something beautiful
  cheer: well done | bravo | congratulations | you absolute heroes | this is wonderful | take a bow | I love you for this | what a moment | hats off | you made my year
  short: {event}! {cheer} | {brand} wins the internet today | POV: {happened} | {happened} and I'm not crying, you are | {brand} {honour}, part {digit}
    | replaying {event} for the {digit}th time. {great}
  title: Wonderful | Respect | Heroes | Fan for life after {event} | All my love | Bravo
  reply: yes! {happened} | same here, {happened} | {brand} {honour}, honestly | I cried too. {event}, just {great} | hope {wish} | {cheer} to everyone involved, {brand}
  pair: your turn, {other}. {brand} shows how: {happened} | {brand} {honour}. {other}, take notes
`);

/** News accounts. */
export const news = parseGrammar(`
  say: {brand} {fact} | {brand} {fact}, {source} says | {bulletin}: {brand} {fact} | {brand} {fact}, according to {source} | {source}: {brand} {fact}
    | {bulletin}: what we know about {brand}'s plan for {month} | Analysts expect {brand} to report on {weekday}, {source} says | {brand} to present figures for the {span} at {clock}
    | Court hears case between {brand} and a former supplier {site} on {weekday} | {brand} and {other} speak at the trade fair {site} on {weekday}
    | {brand} seeks {count} apprentices {site}, {source} says | {brand} shares little changed at {clock} | Interview: {count} questions for {firstName} {lastName} of {brand}
    | {brand} {fact}. {other} made no comment
  bulletin: In brief | Today | Business | Local | At a glance | From the wire | Update | {weekday} briefing
  source: the press office | a spokesperson | the annual report | the {weekday} newsletter | a filing | the trade body
`);

/** The account of the brand itself, to the public and to customers. */
export const official = parseGrammar(`
  say: {notice} | {notice} | Hi {firstName}, please send us your order number by direct message and we will look into it.
    | Hello {firstName}, the help page has a section on the {=thing}: {link} | Hi {firstName}, our desk is open until {clock} today.
    | Good morning! {firstName} and {firstName} answer messages here until {clock}. | {firstName} is on the desk today until {clock}, ask away.
    | Hi {firstName}, could you tell us what happened with your {matter}? | Hello {firstName}, we have passed your question about the {=thing} on to the team.
    | {firstName}, thanks for writing. Which {=thing} is it? | Answer of the week: {ask} You'll find it here: {link}
`);

/** Posts that name no brand. */
export const chatter = parseGrammar(`
  say: {weather} {place} {when}. {aside} | does anyone else {habit} {place}? | {thought}. {aside} | reminder to self: {habit} before {clock} | my {relative} just told me to {habit}. {aside}
    | {noun}, then sleep. that was the whole {weekday} | {noun} or {noun2} {when}? | {count} {animal} {place} this morning. {aside} | finished {noun} at {clock}. {aside}
    | plan for {weekday}: {habit}, {habit}, repeat | today years old when I learned that {learned}. {aside} | my {relative} says that {learned}. {aside} | {weather} {when}, {noun2} {place}
    | {relativePoss} birthday on {weekday} and no present yet. ideas? | {dish} or {noun2} for {relativePoss} birthday? ideas? {aside} | recipe for {dish} please, my {relative} is visiting
    | trying to {habit} with a {animal1} on my lap | somebody {place} is playing the {instrument} at {clock}. {aside} | overheard {place}: "{overheard}" | {dish} for dinner, {company}
    | how do you {habit} {place} without losing your mind? | tried to {habit} {when}, ended up with {noun} | currently reading: a book about {learnTopic}. {aside}
    | lost my {lost} {place}, {colour}, has a sticker on it. please message me | {count} weeks of {noun} and my {relative} noticed {when} | it's {clock} and I'm still up. {thought}
    | is it {month} already? {aside} | train stopped near {townish}. {aside}
  weather: fog | rain | sunshine | a storm | first snow | wind | a double rainbow | hail | a pink sky | drizzle
  aside: anyway | discuss | good night | tea first | no further questions | living the dream | that's the post | who else? | time flies | mood | | | | send help | small joys | never mind
  habit: water the plants | oil the hinges | label the spice jars | air the duvet | descale the kettle | paint the fence | learn to juggle | call the dentist | read two chapters
    | walk the dog | back up the laptop | bake bread | learn the tenor part | clean the bike | sort the photos | write to my {relative} | fold the laundry | practise scales | fix the gutter
    | go to bed before {clock} | repot the fern
  noun: laundry | spreadsheets | bread dough | a long walk | chess with my {relative} | meetings | piano scales | exam revision | night shifts | taxes
  noun2: a nap | a film | soup | the gym | a museum | early bed | board games | nothing at all
  animal: geese | hedgehogs | foxes | pigeons | herons | parrots | snails | swans
  animal1: cat | toddler | puppy | hot-water bottle | laptop
  thought: soup is just a salad with ambition | every meeting could have been a note | bikes are happier than cars | nobody reads the manual | my {relative} thinks the moon looks closer
    | trains make me write better | the best ideas come in the shower | {weekday} is the new {weekday} | lists calm me down | ducks have it figured out | everything tastes better {place}
  learned: otters hold hands | wombats are fast | clouds weigh tonnes | cashews grow on apples | crows hold grudges | oysters change sex | octopuses have three hearts
    | some maps have a fake street | bananas are berries | the sun is white | snails have teeth | honey never spoils | goats have accents
  learnTopic: bees | bridges | salt | lighthouses | glaciers | maps | the history of the pencil | knots
  dish: lentil stew | barley risotto | pumpkin curry | apple strudel | bean chilli | spinach flan | mushroom pie | dumplings | pea soup | plum cake | potato pancakes | noodle soup
  instrument: trombone | violin | drums | accordion | recorder | cello
  overheard: but the goat was invited | I only came for the stairs | he never returned the ladder | my horoscope said soup | we agreed on three pumpkins
  lost: umbrella | scarf | keys | left glove | water bottle | sketchbook
  townish: a field of cows | some lake | nowhere | a tiny station with one bench | the old quarry
  stop: . | . | . | , | ...
  emoji: 😅 | 🌧️ | ☕ | 🐈 | 🌙 | 📚 | 🚲 | 🥣 | 🌱 | 🤷 |
  tag: #mondaymood | #smallthings | #nowreading | #citylife | #overheard | #birds | #homecooking | #nightshift
`);

/** Times, places, people and numbers that posts of every mood use. */
export const everyday = parseGrammar(`
  weekday: Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday
  month: January | March | April | May | June | September | October | November | December
  span: year | month | winter | summer | season | spring | autumn | quarter
  span2: years | months | ages | a decade | a long while | a year or two
  shortTime: five minutes | two minutes | ten minutes | a quarter of an hour | half an hour | ninety seconds | an hour
  longTime: three hours | six weeks | two days | a whole month | nine days | half a year | five hours | two weeks | a full day | eleven weeks | most of {weekday}
  waiting: three hours | two hours | five hours | most of {weekday} | four hours | half a day | ninety minutes
  clock: 7 | 8:30 | noon | half past two | 4 pm | 6 | midnight | ten | 5:45 | a quarter to nine | 3 am | eleven
  count: two | three | four | five | six | seven | nine | eleven | 12 | 15 | 20
  digit: 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
  bigCount: thousands of | 2,000 | 4,500 | 12,000 | 30,000 | 700 | 1,200 | hundreds of | 85,000
  price: 40 {coinage} | 60 {coinage} | 99 {coinage} | 120 {coinage} | 250 {coinage} | 380 {coinage} | 699 {coinage} | 15 {coinage}
  coinage: euros | quid | dollars | euros | dollars | bucks
  coin: cent | penny | minute | coin
  colour: green | midnight blue | plum | sand | orange | grey | copper | white | red
  colourCap: Green | Blue | Plum | Sand | Orange | Grey | Copper | White | Black
  occasion: wedding | concert | school play | birthday | match | street party | hike
  place: on the train | at the station | downtown | at work | by the river | near the old mill | at the airport | on the bus | at home | in the rain | at my parents' place
    | on the market square | at uni | in the park | across the street | at the harbour
  site: downtown | by the river | near the old mill | at the airport | at the station | on the market square | across the street | at the harbour | in the old post office
  newSite: to the harbour | to Mill Road | across the river | next to the station | to the old post office
  when: yesterday | this morning | last {weekday} | tonight | on {weekday} | today | just now | last night | this weekend | earlier today | over the holidays | at {clock}
  opening: hi all, | long-time reader here, | quick one: | mods, move this if it's in the wrong place. | following up on my post from {weekday}: | not sure where to put this, | okay,
    | new here, | to add to this: | hello everyone, | from my side: | bit late to this, | rant or not, |
  company: me and my {relative} | just me and the dog | half the street | my {relative} | a thermos of tea | nobody else
  relative: sister | dad | neighbour | flatmate | boss | grandma | best friend | cousin | kid | partner | mum | brother | aunt | wife | husband | teammate | uncle | daughter | son | gran
  relativePoss: my sister's | my dad's | my best friend's | my brother's | my mum's | my aunt's | my cousin's | my colleague's
  weatherLine: So quiet. | Fog everywhere. | Cold fingers. | Best start to a {weekday}. | What a view. | Bring boots. | Worth the climb.
  link: https://www.daily.example/{slug} | https://blog.example/{slug} | https://go.example/{code} | https://wire.example/{slug} | https://pics.example/{code}
  slug: {stem}-{stem2} | {stem}-{digit}{digit} | {stem}-{stem2}-{digit}
  stem: update | market | notes | report | story | city | trade | people | weekly | desk
  stem2: morning | facts | review | numbers | spring | plan | figures | explained
  code: {letter}{digit}{letter}{digit} | {letter}{letter}{digit}{digit}{letter} | {digit}{letter}{letter}{letter}
  letter: a | b | d | e | g | h | k | m | n | p | r | s | t | w | x | z
`);
