import type { BrandVoice } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';
import { brunokoCrises, brunokoSuccesses } from './brunoko-scenarios.ts';

/** Coffee shops. Mostly loved, now and then lukewarm. */
export const brunoko: BrandVoice = {
  rule: {
    name: 'Brunoko',
    aliases: ['Brunoko Coffee', '#brunoko', '@brunoko'],
    exclude: ['brunoko ridge', 'brunoko beetle'],
    timeZone: 'America/New_York',
  },
  habit: 'morning',
  share: 20,
  moods: { positive: 54, negative: 17, neutral: 23, mixed: 6 },
  words: {
    praise: phrases(`makes the best coffee in town | has the friendliest people behind the counter | pays its growers properly
      | gave my {relative} a free bun, what sweethearts | saved my {weekday} | opened right beside my office, bliss
      | remembers my order and my dog's name | lets you sit for hours with one cup | brought back the walnut cake`),
    blame: phrases(`shrank the cups and raised the price | mixed up my order again | has the slowest queue on earth
      | closed the only branch near me | wiped all my loyalty points | burnt the milk again | charges extra for tap water
      | turned the cosy corner into a pick-up shelf | ran out of everything by {clock}`),
    fact: phrases(`opens at {clock} on {weekday} | tests {count} new roasts this {span} | moves its roastery {newSite}
      | changes its cups next {span} | takes over the old bakery {site} | is looking for baristas {site}
      | closes early on {weekday} for training | now has {count} branches in town`),
    upside: phrases(`the bun was still warm | they drew a cat in the foam | the queue moves fast | the playlist is always great
      | the barista remembered my name | the garden seats are lovely | refills are free before {clock} | it smells like heaven`),
    downside: phrases(`the bun was stale | the table was sticky | they spelled my name "Brain" | the music is far too loud
      | the toilets were filthy | the milk had turned | the queue was out of the door | it was lukewarm at best`),
    helper: phrases(
      'the barista | the morning crew | Pilar at the till | the new trainee | the guy with the green scarf | the whole counter',
    ),
    matter: phrases('order | loyalty points | gift card | catering order | lost umbrella | refund'),
    handle: ['@brunoko'],
    tag: phrases('#brunoko | #coffee | #butfirstcoffee | #brunokomornings | #flatwhite'),
    notice: phrases(`New on the board from {weekday}: the {colour} roast. | Our branch {site} opens at {clock} tomorrow.
      | Barista course on {weekday}, {count} places left: {link} | Short closing on {weekday}: we paint the walls {colour}.
      | Bring your own cup this {span} and we fill it for less. {link}`),
    trap: phrases(`Snow on Brunoko Ridge this morning. {weatherLine} | The Brunoko beetle has {count} spots, says my {relative}.
      | Bus to Brunoko Ridge leaves at {clock}, who is in? | Spotted a Brunoko beetle {place}, first one this {span}.`),
  },
  topics: [
    {
      thing: phrases('oat flat white | cold brew | house roast | cinnamon latte | double espresso | iced maple coffee | filter coffee'),
      did: phrases('had the {=thing} | ordered the {=thing} | queued {shortTime} for the {=thing} | got the {=thing} to go'),
      good: phrases(`tastes like a holiday | got me through {weekday} | is silky and not too sweet | is pure comfort on a grey day
        | woke up parts of me I had forgotten | is the best I've had in {span2} | tastes of chocolate and cherries | turns a bad morning around`),
      bad: phrases(`tastes like dishwater | is cold before I sit down | was burnt again | costs twice what it did last year
        | gave me a stomach ache | is mostly ice | has more foam than coffee | tastes like somebody washed a pan in it`),
      aspect: phrases('foam | roast | temperature | cup size | price | aftertaste'),
      ask: phrases(`How much caffeine is in the {=thing}? | Does the {=thing} come without sugar? | Can you get the {=thing} with soy milk?
        | What beans do they use for the {=thing}?`),
    },
    {
      thing: phrases('cinnamon bun | breakfast roll | walnut cake | cheese toastie | almond croissant | lemon slice'),
      did: phrases('tried the {=thing} | shared the {=thing} with my {relative} | bought the last {=thing}'),
      good: phrases(`is dangerously good | comes out of the oven at {clock} and it shows | makes my {relative} hum with joy
        | is big enough for two, not that I share | melts on the tongue | deserves a poem`),
      bad: phrases(`was dry as a sponge | had a hair in it | is smaller every {span} | came frozen in the middle | tasted of the fridge
        | looked nothing like the picture`),
      aspect: phrases('filling | crust | icing | size | price'),
      ask: phrases(
        `Is the {=thing} vegan? | Until when do they sell the {=thing}? | Any nuts in the {=thing}? | Who has the recipe for the {=thing}?`,
      ),
    },
    {
      thing: phrases('loyalty app | order-ahead thing | pick-up shelf | stamp card | drive-in window'),
      did: phrases('used the {=thing} | gave the {=thing} another chance | signed up for the {=thing}'),
      good: phrases(`had my cup waiting when I walked in | just gave me a free drink | skips the whole queue | works even without signal
        | is the only app I open before {clock}`),
      bad: phrases(`charged me twice | sent my drink to another town | lost {count} of my stamps | crashes at the till, always
        | says "ready" while they are still looking for the milk | logs me out every {weekday}`),
      aspect: phrases('queue | pick-up time | log-in | reward | map'),
      ask: phrases(
        `Does the {=thing} work at the station branch? | How many points for a free cup with the {=thing}? | Can two people share the {=thing}?`,
      ),
    },
    {
      thing: phrases('back room | new branch | garden | upstairs room | branch at the station | window corner'),
      did: phrases('sat in the {=thing} for a whole morning | met my {relative} in the {=thing} | read {count} chapters in the {=thing}'),
      good: phrases(`is the cosiest spot in town | feels like a second living room | is full of plants and kind people | has sockets everywhere
        | is my favourite place to write`),
      bad: phrases(`smells of bleach | is so loud you can't think | has one working socket for forty people | was freezing
        | is full of wet dogs and laptops | has lost all its charm`),
      aspect: phrases('seating | music | light | heating | noise'),
      ask: phrases(
        `Is the {=thing} open on public holidays? | Do they mind laptops? | Any quiet hours at the {=thing}? | Can you book the {=thing}?`,
      ),
    },
  ],
  crises: brunokoCrises,
  successes: brunokoSuccesses,
};
