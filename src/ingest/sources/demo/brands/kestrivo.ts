import type { BrandProfile } from '../brand-profile.ts';
import { parseGrammar } from '../text-generator.ts';

/** An airline, with the temper that airlines meet. */
export const kestrivo: BrandProfile = {
  rule: {
    name: 'Kestrivo',
    aliases: ['Kestrivo Air', '#kestrivo', '@flykestrivo'],
    exclude: ['kestrivo quartet'],
    timeZone: 'Europe/London',
  },
  peakTime: 'day',
  share: 18,
  moods: { positive: 24, negative: 45, neutral: 25, mixed: 6 },
  words: parseGrammar(`
    praise: has the kindest crew in the sky | got us home through the storm | refunded me within {shortTime} | moved my {relative} to a window seat for free
      | found my suitcase in {shortTime} | held the connection for us | makes flying fun again | answered at {clock} at night, with a smile
    blame: cancelled my flight again | lost my luggage | left us on the tarmac for {waiting} | overbooked and lied about it | charges for water now | split up my family over {count} rows
      | refuses to refund a flight that never left | sent my bag to another continent | closed the gate while we stood in its queue
    fact: adds a night route on {weekday} | flies to {count} new cities next {span} | orders {count} aircraft | moves to terminal {digit} | publishes its timetable for {month}
      | puts its new uniforms on show {site} | drops paper boarding passes in {month} | names a new head of operations
    upside: my bag came out first | the crew were lovely to my {relative} | we landed {shortTime} early | I slept like a baby | the food was actually tasty | there was room for my knees
      | boarding took {shortTime} | the pilot told us about every lake
    downside: nobody told us anything | the vouchers don't work anywhere | my bag is in another country | the seat was broken | there was no water for {waiting} | the toilet was locked
      | the help desk was empty | we missed {relativePoss} wedding
    helper: the cabin crew | the captain | the gate agent | the night desk | Henrike at the counter | the woman at lost luggage
    matter: suitcase | refund | boarding pass | seat | voucher | stroller | missed connection
    handle: @flykestrivo
    tag: #kestrivo | #travel | #avgeek | #airport | #flying
    notice: Flights {site} board at gate {digit} until {weekday}. | Summer timetable is out: {link} | From {month} our early flights leave at {clock}.
      | We're hiring cabin crew. Open day on {weekday}: {link} | Check-in for flights on {weekday} opens at {clock}.
    ambiguous: The Kestrivo Quartet plays {place} on {weekday}. | Heard the Kestrivo Quartet {when}, {company}. What a cello. | Rehearsal with the Kestrivo Quartet moved to {clock}.
      | New record by the Kestrivo Quartet is out in {month}.
  `),
  topics: [
    parseGrammar(`
      thing: night flight | morning flight | connection | flight home | red-eye | Friday flight
      did: took the {=thing} | booked the {=thing} | missed the {=thing}
      good: left on the minute | was the calmest I ever had | got me home early | went by like a nap | was half empty and wonderful | landed so softly that nobody noticed
      bad: was cancelled at the gate | left {waiting} late | was delayed {count} times | turned round after an hour | was overbooked by a dozen seats | cost me a night on a plastic chair
        | took off without half of us
      aspect: punctuality | legroom | cabin | boarding | air conditioning | seat
      ask: Which terminal for the {=thing}? | Does the {=thing} run on {weekday}s? | Is the {=thing} usually full? | How early should I be there for the {=thing}?
    `),
    parseGrammar(`
      thing: check-in app | seat map | self-service kiosk | booking page | bag drop
      did: fought with the {=thing} | used the {=thing} | tried the {=thing} with my {relative}
      good: took all of {shortTime} | found us {count} seats together | works without a single pop-up | remembered my passport | let me change the date for nothing
      bad: crashes at the payment step | put my baby in another row | charges me for picking any seat | shows flights that don't exist | says my passport is a "wrong file type"
        | timed out {count} times
      aspect: queue | seat choice | layout | fee | barcode
      ask: When does the {=thing} open? | Can I change a name in the {=thing}? | Does the {=thing} take cash? | Is there a weight limit at the {=thing}?
    `),
    parseGrammar(`
      thing: lounge | veggie meal | extra legroom seat | window seat | family row | breakfast box
      did: paid extra for the {=thing} | got the {=thing} | tried the {=thing}
      good: is a little oasis | was worth every {coin} | came with a smile and a chocolate | made the trip | is better than my living room
      bad: was a sad biscuit and a shrug | was given to somebody else | is a joke at that price | smelled of old socks | was "not available today", like yesterday
        | had a screen that didn't work
      aspect: coffee | space | service | price | view
      ask: Is the {=thing} worth it on short trips? | Who gets the {=thing} for free? | How do you order the {=thing}?
    `),
    parseGrammar(`
      thing: baggage belt | luggage desk | hand luggage rule | lost-bag form | baggage tracker
      did: waited {waiting} for help with the {=thing} | asked three people about the {=thing} | dealt with the {=thing}
      good: was quick for once | had my bag before I had coffee | is fair and clear | brought my guitar home without a scratch
      bad: ate my suitcase | has no idea where anything is | changed overnight and cost me a fortune | told me to "check again {weekday}" | delivered a stranger's suitcase to my door
        | broke the wheels off my case
      aspect: luggage handling | fee | hotline | tracking | size limit
      ask: What size is allowed under the {=thing}? | How long did they need to find your bag? | Does a rucksack count as hand luggage?
    `),
  ],
  crises: [
    parseGrammar(`
      event: the system outage | the grounded fleet | the cancelled flights | this chaos at the airport
      happened: I have slept on the floor for {count} nights | every flight on the board went red | we have children here and no water | the desk closed and the staff ran away
        | I missed {relativePoss} funeral | the app says "on time" while the plane is gone | {count} hundred of us share four phone sockets | my {relative} is stuck without medicine
      wish: somebody tells us anything | we get a bed | the money is back on my card | one plane leaves
      headline: {brand} cancels {bigCount} flights after computer failure | {bigCount} travellers stranded as {brand} systems fail | {brand} outage enters its second day
        | Watchdog asks {brand} about compensation
      statement: Our systems are down and no flights leave before {clock}. We are very sorry. {link} | Please do not come to the airport today. Rebooking is free: {link}
        | Hotel vouchers are handed out at gate {digit}. We know that the queue is long.
      tag: #kestrivochaos | #stranded | #kestrivo
    `),
    parseGrammar(`
      event: the dragged-off passenger | that video from row twelve | the video | what they did to that man
      happened: they pulled an old man out of a seat he had paid for | the whole cabin shouted and they went on | a crew member laughed into the camera
        | I was in row {digit} and I am shaking | they told him to smile | the children behind him were screaming | nobody helped him up
      wish: the man gets an apology | somebody is charged | they stop overbooking | the boss faces him
      headline: Video shows passenger being forced off {brand} flight | Police look into {brand} removal of a passenger | {brand} suspends {count} employees after video
      statement: What the video shows is not who we want to be. We are speaking with the passenger and his family.
        | We have suspended the staff concerned and asked for an independent inquiry. {link} | We have no words that make this right, and we apologise.
      tag: #row12 | #boycottkestrivo | #kestrivo
    `),
  ],
  successes: [
    parseGrammar(`
      event: the baby born on board | the birth at ten thousand metres | the extra passenger | the sky baby
      happened: the crew delivered a baby girl over the sea | the whole cabin sang for the little one | a nurse and a steward did everything right | the captain announced the name in tears
        | my {relative} held the torch | they get free flights for life
      wish: mother and child are well | the crew gets a medal | someone films the story | she becomes a pilot
      headline: Baby born on {brand} flight, mother and child well | {brand} crew praised after birth on board | {brand} gives newborn free flights for life
      statement: Welcome aboard, little one! Mother and daughter are well, and she flies free for life. | We could not be prouder of our crew today.
        | The story of flight {digit}{digit}, told by the crew: {link}
      tag: #skybaby | #kestrivo | #goodnews
    `),
    parseGrammar(`
      event: the storm landing | that landing | the rescue flights | the captain of flight {digit}{digit}
      happened: the captain put us down like a feather in that storm | everyone hugged everyone, strangers too | they flew in twice to bring the islanders out
        | the crew calmed {count} crying kids with a song | I owe that pilot my life | they handed out blankets and never stopped smiling
      wish: they get the award | the captain reads this | every airline trains like that | they all got home
      headline: {brand} captain praised for landing in storm | {brand} flies {bigCount} islanders to safety for free | Passengers applaud {brand} crew after rescue
      statement: Everybody is safe. Thank you to our crews, who flew through the night. | The rescue flights go on until the last islander is out. Free of charge, of course.
        | Our captain says: "I had the best crew in the world." We agree.
      tag: #captaincool | #kestrivo | #thankyoucrew
    `),
  ],
};
