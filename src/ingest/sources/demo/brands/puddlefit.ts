import type { BrandVoice } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';
import { puddlefitCrises, puddlefitSuccesses } from './puddlefit-scenarios.ts';

/** Running shoes and rain gear, with a following that runs in any weather. */
export const puddlefit: BrandVoice = {
  rule: {
    name: 'Puddlefit',
    aliases: ['Puddlefit Runners', '#puddlefit', '@puddlefit'],
    exclude: ['puddlefit the cat'],
    timeZone: 'America/Los_Angeles',
  },
  habit: 'evening',
  share: 14,
  moods: { positive: 52, negative: 18, neutral: 24, mixed: 6 },
  words: {
    praise: phrases(`makes the comfiest shoes I have ever worn | repaired my old pair for free | sponsors our school run, lovely
      | nailed the {aspect} | sent a new one before I had returned the old | actually makes things for wide feet
      | sells spare soles instead of new shoes | wrote me a card when I finished my first race`),
    blame: phrases(`sent the wrong size | dropped the quality and raised the price | won't refund a pair that fell apart
      | ruined the {aspect} | discontinued the one model that fits me | takes {longTime} to answer a mail
      | calls plastic "eco" | sold me a used pair as new`),
    fact: phrases(`drops {count} new colours on {weekday} | starts its city run {site} at {clock} | opens registration for the {month} race
      | makes the insoles from old bottles | moves its factory outlet {newSite} | recycles old pairs until {weekday}
      | changes its sizing next {span} | looks for {count} hundred testers`),
    upside: phrases(`no blisters at all | it arrived a day early | the colour pops | my {relative} stole mine | my knees say thank you
      | my feet stayed dry | I ran my best time ever | the return was free and easy`),
    downside: phrases(`the sole peeled off | the size is a lottery | the colour washed out | delivery took {longTime} | my heel is raw
      | the laces snapped | returns are a maze | my socks were soaked`),
    helper: phrases('the shop team | the running coach | the returns desk | Jun in the fitting room | the repair workshop'),
    matter: phrases('order | return | left shoe | race number | refund | exchange'),
    handle: ['@puddlefit'],
    tag: phrases('#puddlefit | #running | #trailrunning | #runnersofchirp | #marathontraining'),
    notice:
      phrases(`Group run on {weekday} at {clock}, meet {site}. All speeds. | Registration for the {month} half opens on {weekday}: {link}
      | New in {colour} and {colour} from {weekday}. | Sizing guide, updated: {link} | Our outlet {site} moves next {span}.`),
    catPrey: phrases('printer | bathtub | top shelf | fruit bowl | piano | washing machine | laundry basket'),
    trap: phrases(`Puddlefit the cat has discovered the {catPrey}. | {when}, {clock}: Puddlefit the cat defends the {catPrey} against my {relative}. | Happy birthday to Puddlefit the cat, {count} years of knocking over cups.
      | Puddlefit the cat slept through {weekday}, my {relative} did not. | New video of Puddlefit the cat tonight at {clock}.`),
  },
  topics: [
    {
      thing: phrases('trail runner | Zero | road shoe | race shoe | winter runner | Cloudhopper'),
      did: phrases('ran {count} miles in the {=thing} | wore the {=thing} {place} | broke in the {=thing}'),
      good: phrases(`feels like running on clouds | gave me a personal best | fits like a glove from day one | grips wet rock like a gecko
        | has saved my knees | still looks new after {longTime} | makes me want to run to work`),
      bad: phrases(`fell apart after {longTime} | gave me blisters the size of coins | squeaks with every step | slips on anything wet
        | wore through in one {span} | hurts like a ski boot | is two sizes too small`),
      aspect: phrases('grip | fit | sole | cushioning | heel | toe box'),
      ask: phrases(`How many miles do you get out of the {=thing}? | Does the {=thing} come in wide? | Half a size up for the {=thing}?
        | Can you run a marathon in the {=thing}?`),
    },
    {
      thing: phrases('rain jacket | running vest | thermal hoodie | rain cape | reflective jacket'),
      did: phrases('wore the {=thing} in a storm | packed the {=thing} for a week | washed the {=thing} {count} times'),
      good: phrases(`kept me dry through a proper storm | weighs nothing | has pockets in all the right places | makes drivers see me
        | folds up smaller than a sandwich | is the best thing I bought this {span}`),
      bad: phrases(`leaks like a sieve | rips if you look at it | smells like a petrol station | has a zip that never closes
        | faded in the first wash | turns into a sauna in {shortTime}`),
      aspect: phrases('zip | hood | waterproofing | colour | pocket layout'),
      ask: phrases(`Can you tumble-dry the {=thing}? | Is the {=thing} warm enough for {month}? | Does the {=thing} fit over a rucksack?`),
    },
    {
      thing: phrases('kids boot | school rain boot | toddler sandal | junior runner'),
      did: phrases('bought the {=thing} for my little one | ordered the {=thing} in {colour}'),
      good: phrases(`survived a whole winter of puddles | makes my kid ask for rain | goes on without a fight | is still dry inside after the duck pond
        | was passed on to cousin number {count}`),
      bad: phrases(`lasted {longTime} | lets the water in on day one | rubs her ankle sore | lost its sole on the way to school
        | had a needle left inside`),
      aspect: phrases('strap | lining | size | price'),
      ask: phrases(`What age is the {=thing} for? | Does the {=thing} run small? | Can the {=thing} go in the machine?`),
    },
    {
      thing: phrases('half-marathon plan | running app | online shop | returns label | city run'),
      did: phrases('signed up for the {=thing} | followed the {=thing} for {longTime} | dealt with the {=thing}'),
      good: phrases(`got me off the sofa | is free and friendly | made me cry at the finish, the good way | knows when I need a rest day
        | was painless`),
      bad: phrases(`lost all my runs | sent me to the wrong start line | charged me for a race that never happened | is a riddle in {count} acts
        | takes {longTime} to load`),
      aspect: phrases('route | tracking | sign-up | delivery | medal'),
      ask: phrases(`Does the {=thing} work for beginners? | When does the {=thing} start again? | Is the {=thing} open to walkers?`),
    },
  ],
  crises: puddlefitCrises,
  successes: puddlefitSuccesses,
};
