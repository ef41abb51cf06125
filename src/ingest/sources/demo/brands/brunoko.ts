import type { BrandProfile } from '../brand-profile.ts';
import { parseGrammar } from '../text-generator.ts';

/** Coffee shops. Mostly loved, now and then lukewarm. */
export const brunoko: BrandProfile = {
  rule: {
    name: 'Brunoko',
    aliases: ['Brunoko Coffee', '#brunoko', '@brunoko'],
    exclude: ['brunoko ridge', 'brunoko beetle'],
    timeZone: 'America/New_York',
  },
  peakTime: 'morning',
  share: 20,
  moods: { positive: 54, negative: 17, neutral: 23, mixed: 6 },
  words: parseGrammar(`
    praise: makes the best coffee in town | has the friendliest people behind the counter | pays its growers properly | gave my {relative} a free bun, what sweethearts | saved my {weekday}
      | opened right beside my office, bliss | remembers my order and my dog's name | lets you sit for hours with one cup | brought back the walnut cake
    blame: shrank the cups and raised the price | mixed up my order again | has the slowest queue on earth | closed the only branch near me | wiped all my loyalty points
      | burnt the milk again | charges extra for tap water | turned the cosy corner into a pick-up shelf | ran out of everything by {clock}
    fact: opens at {clock} on {weekday} | tests {count} new roasts this {span} | moves its roastery {newSite} | changes its cups next {span} | takes over the old bakery {site}
      | is looking for baristas {site} | closes early on {weekday} for training | now has {count} branches in town
    upside: the bun was still warm | they drew a cat in the foam | the queue moves fast | the playlist is always great | the barista remembered my name | the garden seats are lovely
      | refills are free before {clock} | it smells like heaven
    downside: the bun was stale | the table was sticky | they spelled my name "Brain" | the music is far too loud | the toilets were filthy | the milk had turned
      | the queue was out of the door | it was lukewarm at best
    helper: the barista | the morning crew | Pilar at the till | the new trainee | the guy with the green scarf | the whole counter
    matter: order | loyalty points | gift card | catering order | lost umbrella | refund
    handle: @brunoko
    tag: #brunoko | #coffee | #butfirstcoffee | #brunokomornings | #flatwhite
    notice: New on the board from {weekday}: the {colour} roast. | Our branch {site} opens at {clock} tomorrow. | Barista course on {weekday}, {count} places left: {link}
      | We're closing early on {weekday} to paint the walls {colour}. | Bring your own cup this {span} and we fill it for less. {link}
    ambiguous: Snow on Brunoko Ridge this morning. {weatherLine} | The Brunoko beetle has {count} spots, says my {relative}. | Bus to Brunoko Ridge leaves at {clock}, who is in?
      | Spotted a Brunoko beetle {place}, first one this {span}.
  `),
  topics: [
    parseGrammar(`
      thing: oat flat white | cold brew | house roast | cinnamon latte | double espresso | iced maple coffee | filter coffee
      did: had the {=thing} | ordered the {=thing} | queued {shortTime} for the {=thing} | got the {=thing} to go
      good: tastes like a holiday | got me through {weekday} | is silky and not too sweet | is pure comfort on a grey day | woke up parts of me I had forgotten
        | is the best I've had in {span2} | tastes of chocolate and cherries | turns a bad morning around
      bad: tastes like dishwater | is cold before I sit down | was burnt again | costs twice what it did last year | gave me a stomach ache | is mostly ice | has more foam than coffee
        | tastes like somebody washed a pan in it
      aspect: foam | roast | temperature | cup size | price | aftertaste
      ask: How much caffeine is in the {=thing}? | Does the {=thing} come without sugar? | Can you get the {=thing} with soy milk? | What beans do they use for the {=thing}?
    `),
    parseGrammar(`
      thing: cinnamon bun | breakfast roll | walnut cake | cheese toastie | almond croissant | lemon slice
      did: tried the {=thing} | shared the {=thing} with my {relative} | bought the last {=thing}
      good: is dangerously good | comes out of the oven at {clock} and it shows | makes my {relative} hum with joy | is big enough for two, not that I share | melts on the tongue
        | deserves a poem
      bad: was dry as a sponge | had a hair in it | is smaller every {span} | came frozen in the middle | tasted of the fridge | looked nothing like the picture
      aspect: filling | crust | icing | size | price
      ask: Is the {=thing} vegan? | How late do they sell the {=thing}? | Any nuts in the {=thing}? | Who has the recipe for the {=thing}?
    `),
    parseGrammar(`
      thing: loyalty app | order-ahead thing | pick-up shelf | stamp card | drive-in window
      did: used the {=thing} | gave the {=thing} another chance | signed up for the {=thing}
      good: had my cup waiting when I walked in | just gave me a free drink | skips the whole queue | works even without signal | is the only app I open before {clock}
      bad: charged me twice | sent my drink to another town | lost {count} of my stamps | crashes at the till, always | says "ready" while they are still looking for the milk
        | logs me out every {weekday}
      aspect: queue | pick-up time | log-in | reward | map
      ask: Does the {=thing} work at the station branch? | How many points for a free cup with the {=thing}? | Can two people share the {=thing}?
    `),
    parseGrammar(`
      thing: back room | new branch | garden | upstairs room | branch at the station | window corner
      did: sat in the {=thing} for a whole morning | met my {relative} in the {=thing} | read {count} chapters in the {=thing}
      good: is the cosiest spot in town | feels like a second living room | is full of plants and kind people | has sockets everywhere | is my favourite place to write
      bad: smells of bleach | is so loud you can't think | has one working socket for forty people | was freezing | is full of wet dogs and laptops | has lost all its charm
      aspect: seating | music | light | heating | noise
      ask: Is the {=thing} open on public holidays? | Do they mind laptops? | Any quiet hours at the {=thing}? | Can you book the {=thing}?
    `),
  ],
  crises: [
    parseGrammar(`
      event: the firing by text message | the sacked baristas | the layoffs by text | those text messages
      happened: my favourite barista learned by text that she is out of work | the whole branch was fired before opening time | {relativePoss} shift was cancelled for ever in one line
        | they took the aprons back the same day | the lights are off and a note is on the door | somebody with {count} years there got a smiley and a goodbye
        | the staff stood crying on the pavement
      wish: they take them back | the boss says sorry in person | everyone is paid | they explain who thought of that
      headline: {brand} dismisses {bigCount} workers by text message | Union calls for a strike at {brand} branches | Minister calls {brand} dismissals "a new low"
        | {brand} branches stay shut after dismissals
      statement: We hear you. The message should never have been sent like that. {link} | We are talking with every member of the team affected today.
        | Our managing director will answer questions at {clock}: {link}
      tag: #brunokofirings | #boycottbrunoko | #baristas
    `),
    parseGrammar(`
      event: the cleaning fluid in the milk | the contaminated milk | the poisoned lattes | the milk scare
      happened: I have been sick since my morning latte | my {relative} is in hospital with stomach pain | my cup smelled of bleach and they laughed | the milk machine was never rinsed
        | {count} people in my office are ill | they kept selling it after the first complaint | I threw up {place}
      wish: an inspector has been there | they shut the branch | somebody checks every machine | they pay the bills
      headline: {count} {brand} customers treated after cleaning fluid got into milk | Food office closes {brand} branch | {brand} stops selling milk drinks at {bigCount} machines
      statement: We have switched off the machines concerned and are with the food office now. {link}
        | If you feel unwell after a visit, please see a doctor and call us. We take this very seriously. | All milk machines are checked tonight. Black coffee is not affected.
      tag: #brunokomilk | #foodsafety | #brunoko
    `),
  ],
  successes: [
    parseGrammar(`
      event: free coffee for nurses | the nurses campaign | the free cups for every nurse | what they do for nurses
      happened: they gave the whole night ward free breakfast | my {relative} is a nurse and came home beaming | the queue clapped when the ambulance crew came in
        | the barista wrote "thank you" on every cup | strangers paid for the cakes on top | they delivered {count} boxes to the hospital at dawn
      wish: they do it every year | everyone joins in | the idea spreads | the baristas get a day off too
      headline: {brand} gives free coffee to all nurses for a month | Hospitals thank {brand} for {bigCount} free breakfasts | {brand} nurse campaign spreads to {count} towns
      statement: Nurses drink free all {span}. Thank you for everything you do! | We have served {bigCount} free cups by noon. You are wonderful, keep coming.
        | Nominate a ward and we bring breakfast: {link}
      tag: #thankyounurses | #brunokocares | #brunoko
    `),
    parseGrammar(`
      event: the roastery award | the cup of the year | the world roasting title | the golden bean
      happened: our little roastery beat {bigCount} others | I queued for the winning roast and it is heavenly | the roaster cried on stage and so did I
        | they thanked the growers by name, every one | my {relative} grew those beans | the winning cup tastes of apricots
      wish: they bottle it | the roast stays on the board | the growers get a bonus | they never get too big
      headline: {brand} wins the golden bean for the roast of the year | Jury praises {brand} roast as "close to perfect" | {brand} shares prize money with its growers
      statement: We won the golden bean! Thank you to our growers: half of the prize is yours. | The winning roast is on every board from {weekday}. Come and taste it!
        | Proud, tired, happy. More about the roast of the year: {link}
      tag: #goldenbean | #brunoko | #specialtycoffee
    `),
  ],
};
