import type { BrandProfile } from '../brand-profile.ts';
import { parseGrammar } from '../text-generator.ts';

/** Running shoes and rain gear, with a following that runs in any weather. */
export const puddlefit: BrandProfile = {
  rule: {
    name: 'Puddlefit',
    aliases: ['Puddlefit Runners', '#puddlefit', '@puddlefit'],
    exclude: ['puddlefit the cat'],
    timeZone: 'America/Los_Angeles',
  },
  peakTime: 'evening',
  share: 14,
  moods: { positive: 52, negative: 18, neutral: 24, mixed: 6 },
  words: parseGrammar(`
    praise: makes the comfiest shoes I have ever worn | repaired my old pair for free | sponsors our school run, lovely | nailed the {aspect} | sent a new one before I had returned the old
      | actually makes things for wide feet | sells spare soles instead of new shoes | wrote me a card when I finished my first race
    blame: sent the wrong size | dropped the quality and raised the price | won't refund a pair that fell apart | ruined the {aspect} | discontinued the one model that fits me
      | takes {longTime} to answer an email | calls plastic "eco" | sold me a used pair as new
    fact: drops {count} new colours on {weekday} | starts its city run {site} at {clock} | opens registration for the {month} race | makes the insoles from old bottles
      | moves its factory outlet {newSite} | recycles old pairs until {weekday} | changes its sizing next {span} | looks for {count} hundred testers
    upside: no blisters at all | it arrived a day early | the colour pops | my {relative} stole mine | my knees say thank you | my feet stayed dry | I ran my best time ever
      | the return was free and easy
    downside: the sole peeled off | the size is a lottery | the colour washed out | delivery took {longTime} | my heel is raw | the laces snapped | returns are a maze | my socks were soaked
    helper: the shop team | the running coach | the returns desk | Jun in the fitting room | the repair workshop
    matter: order | return | left shoe | race number | refund | exchange
    handle: @puddlefit
    tag: #puddlefit | #running | #trailrunning | #runnersofchirp | #marathontraining
    notice: Group run on {weekday} at {clock}, meet {site}. All speeds. | Registration for the {month} half opens on {weekday}: {link} | New in {colour} and {colour} from {weekday}.
      | Sizing guide, updated: {link} | Our outlet {site} moves next {span}.
    catPrey: printer | bathtub | top shelf | fruit bowl | piano | washing machine | laundry basket
    ambiguous: Puddlefit the cat has discovered the {catPrey}. | {when}, {clock}: Puddlefit the cat defends the {catPrey} against my {relative}.
      | Happy birthday to Puddlefit the cat, {count} years of knocking over cups. | Puddlefit the cat slept through {weekday}, my {relative} did not.
      | New video of Puddlefit the cat tonight at {clock}.
  `),
  topics: [
    parseGrammar(`
      thing: trail runner | Zero | road shoe | race shoe | winter runner | Cloudhopper
      did: ran {count} miles in the {=thing} | wore the {=thing} {place} | broke in the {=thing}
      good: feels like running on clouds | gave me a personal best | fits like a glove from day one | grips wet rock like a gecko | has saved my knees | still looks new after {longTime}
        | makes me want to run to work
      bad: fell apart after {longTime} | gave me blisters the size of coins | squeaks with every step | slips on anything wet | wore through in one {span} | hurts like a ski boot
        | is two sizes too small
      aspect: grip | fit | sole | cushioning | heel | toe box
      ask: How many miles do you get out of the {=thing}? | Does the {=thing} come in wide? | Half a size up for the {=thing}? | Can you run a marathon in the {=thing}?
    `),
    parseGrammar(`
      thing: rain jacket | running vest | thermal hoodie | rain cape | reflective jacket
      did: wore the {=thing} in a storm | packed the {=thing} for a week | washed the {=thing} {count} times
      good: kept me dry through a proper storm | weighs nothing | has pockets in all the right places | makes drivers see me | folds up smaller than a sandwich
        | is the best thing I bought this {span}
      bad: leaks like a sieve | rips if you look at it | smells like a petrol station | has a zip that never closes | faded in the first wash | turns into a sauna in {shortTime}
      aspect: zip | hood | waterproofing | colour | pocket layout
      ask: Can you tumble-dry the {=thing}? | Is the {=thing} warm enough for {month}? | Does the {=thing} fit over a rucksack?
    `),
    parseGrammar(`
      thing: kids boot | school rain boot | toddler sandal | junior runner
      did: bought the {=thing} for my little one | ordered the {=thing} in {colour}
      good: survived a whole winter of puddles | makes my kid ask for rain | goes on without a fight | is still dry inside after the duck pond | was passed on to cousin number {count}
      bad: lasted {longTime} | lets the water in on day one | rubs her ankle sore | lost its sole on the way to school | had a needle left inside
      aspect: strap | lining | size | price
      ask: What age is the {=thing} for? | Does the {=thing} run small? | Can the {=thing} go in the machine?
    `),
    parseGrammar(`
      thing: half-marathon plan | running app | online shop | returns label | city run
      did: signed up for the {=thing} | followed the {=thing} for {longTime} | dealt with the {=thing}
      good: got me off the sofa | is free and friendly | made me cry at the finish, the good way | knows when I need a rest day | was painless
      bad: lost all my runs | sent me to the wrong start line | charged me for a race that never happened | is a riddle in {count} acts | takes {longTime} to load
      aspect: route | tracking | sign-up | delivery | medal
      ask: Does the {=thing} work for beginners? | When does the {=thing} start again? | Is the {=thing} open to walkers?
    `),
  ],
  crises: [
    parseGrammar(`
      event: the toxic soles | the leaked lab report | the poison in the kids boots | the memo about the soles
      happened: my kid has had a rash for {longTime} | they knew for two years and sold them anyway | the lab found poison in the soles | my doctor told me to bin every pair
        | the memo says "do not tell parents" | my {relative} wore them every single day | the whole house smells of that glue
      wish: every parent has a refund | somebody goes to court | they publish the whole report | they pull them from the shops
      headline: Leaked report: {brand} knew of toxic soles for two years | Shops take {brand} kids boots off the shelves | Health office tests {brand} soles after leak
      statement: We have stopped selling the boots concerned. Bring back any pair for a full refund. {link} | We are publishing every lab report we have today: {link}
        | Parents can call us day and night. We are sorry for the worry.
      tag: #toxicsoles | #puddlefit | #boycottpuddlefit
    `),
    parseGrammar(`
      event: the price rise | the doubled prices | the repair ban | the end of free repairs
      happened: my trail shoe costs twice what it did yesterday | they cancelled lifetime repairs we had paid for | my repair came back undone with a bill
        | they called loyal runners "low-margin" | I have {count} vouchers that are worth nothing now | the outlet turned away a queue of kids
      wish: they honour the old promise | the price comes down | they read the room | I see my voucher money
      headline: {brand} doubles prices and ends free repairs | Running clubs cut ties with {brand} | {brand} faces complaints over cancelled repair promise
      statement: Materials cost more than ever. We explain the new prices here: {link} | Repairs handed in before {weekday} are still free.
        | We read your messages, all of them, and will talk about vouchers on {weekday}.
      tag: #puddlegreed | #puddlefit | #running
    `),
  ],
  successes: [
    parseGrammar(`
      event: the marathon record | the world record | that finish | the record in the rain
      happened: she won the marathon in the rain with a smile | the record fell by {digit} seconds and I screamed | a nurse who trains at night beat them all
        | my {relative} ran a first race beside a champion | I have watched that last mile {count} times | the whole stadium sang in the rain
      wish: she keeps running | I run like that one day | they sell that shoe | the kids saw it
      headline: Marathon record falls in {brand} shoes | Night nurse wins marathon in record time, in {brand} shoes | {brand} gives {bigCount} pairs to school clubs after record
      statement: What a run! Congratulations to the fastest night nurse in the world. | To celebrate, we give {bigCount} pairs to school running clubs. Apply here: {link}
        | The record shoe goes on sale on {weekday}. But the legs were all hers.
      tag: #recordrun | #puddlefit | #marathon
    `),
    parseGrammar(`
      event: the flood relief | the boots for the flooded towns | the free boots | the flood volunteers
      happened: they brought {bigCount} boots to our flooded street | their drivers carried my {relative} to dry ground | the factory ran all night for us and charged nothing
        | everyone in the shelter has dry feet | the boss himself shovelled mud | my kids got boots and a hug
      wish: they know how much it meant | others do the same | the volunteers get some sleep
      headline: {brand} gives {bigCount} pairs of boots to flooded towns | {brand} staff join flood relief | Mayor thanks {brand} for help in flood
      statement: The boots are on their way, and so are we. Stay safe. | {bigCount} pairs delivered so far. Thank you to all drivers! | If your street needs boots, write to us: {link}
      tag: #bootsforall | #puddlefit | #floodrelief
    `),
  ],
};
