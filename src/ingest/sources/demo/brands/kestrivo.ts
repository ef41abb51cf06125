import type { BrandVoice } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';
import { kestrivoCrises, kestrivoSuccesses } from './kestrivo-scenarios.ts';

/** An airline, with the temper that airlines meet. */
export const kestrivo: BrandVoice = {
  rule: {
    name: 'Kestrivo',
    aliases: ['Kestrivo Air', '#kestrivo', '@flykestrivo'],
    exclude: ['kestrivo quartet'],
    timeZone: 'Europe/London',
  },
  habit: 'day',
  share: 18,
  moods: { positive: 24, negative: 45, neutral: 25, mixed: 6 },
  words: {
    praise: phrases(`has the kindest crew in the sky | got us home through the storm | refunded me within {shortTime}
      | moved my {relative} to a window seat for free | found my suitcase in {shortTime} | held the connection for us
      | makes flying fun again | answered at {clock} at night, with a smile`),
    blame: phrases(`cancelled my flight again | lost my luggage | left us on the tarmac for {waiting} | overbooked and lied about it
      | charges for water now | split up my family over {count} rows | refuses to refund a flight that never left
      | sent my bag to another continent | closed the gate while we stood in its queue`),
    fact: phrases(`adds a night route on {weekday} | flies to {count} new cities next {span} | orders {count} aircraft
      | moves to terminal {digit} | publishes its timetable for {month} | puts its new uniforms on show {site}
      | drops paper boarding passes in {month} | names a new head of operations`),
    upside: phrases(`my bag came out first | the crew were lovely to my {relative} | we landed {shortTime} early | I slept like a baby
      | the food was actually tasty | there was room for my knees | boarding took {shortTime} | the pilot told us about every lake`),
    downside: phrases(`nobody told us anything | the vouchers don't work anywhere | my bag is in another country | the seat was broken
      | there was no water for {waiting} | the toilet was locked | the help desk was empty | we missed {relativePoss} wedding`),
    helper: phrases('the cabin crew | the captain | the gate agent | the night desk | Henrike at the counter | the woman at lost luggage'),
    matter: phrases('suitcase | refund | boarding pass | seat | voucher | stroller | missed connection'),
    handle: ['@flykestrivo'],
    tag: phrases('#kestrivo | #travel | #avgeek | #airport | #flying'),
    notice: phrases(`Flights {site} board at gate {digit} until {weekday}. | Summer timetable is out: {link}
      | From {month} our early flights leave at {clock}. | We hire cabin crew. Open day on {weekday}: {link}
      | Check-in for flights on {weekday} opens at {clock}.`),
    trap: phrases(`The Kestrivo Quartet plays {place} on {weekday}. | Heard the Kestrivo Quartet {when}, {company}. What a cello.
      | Rehearsal with the Kestrivo Quartet moved to {clock}. | New record by the Kestrivo Quartet is out in {month}.`),
  },
  topics: [
    {
      thing: phrases('night flight | morning flight | connection | flight home | red-eye | Friday flight'),
      did: phrases('took the {=thing} | booked the {=thing} | missed the {=thing}'),
      good: phrases(`left on the minute | was the calmest I ever had | got me home early | went by like a nap | was half empty and wonderful
        | landed so softly that nobody noticed`),
      bad: phrases(`was cancelled at the gate | left {waiting} late | was delayed {count} times | turned round after an hour
        | was overbooked by a dozen seats | cost me a night on a plastic chair | took off without half of us`),
      aspect: phrases('punctuality | legroom | cabin | boarding | air conditioning | seat'),
      ask: phrases(`Which terminal for the {=thing}? | Does the {=thing} run on {weekday}s? | Is the {=thing} usually full?
        | How early should I be there for the {=thing}?`),
    },
    {
      thing: phrases('check-in app | seat map | self-service kiosk | booking page | bag drop'),
      did: phrases('fought with the {=thing} | used the {=thing} | tried the {=thing} with my {relative}'),
      good: phrases(`took all of {shortTime} | found us {count} seats together | works without a single pop-up | remembered my passport
        | let me change the date for nothing`),
      bad: phrases(`crashes at the payment step | put my baby in another row | charges me for picking any seat | shows flights that don't exist
        | says my passport is a "wrong file type" | timed out {count} times`),
      aspect: phrases('queue | seat choice | layout | fee | barcode'),
      ask: phrases(`When does the {=thing} open? | Can I change a name in the {=thing}? | Does the {=thing} take cash?
        | Is there a weight limit at the {=thing}?`),
    },
    {
      thing: phrases('lounge | veggie meal | extra legroom seat | window seat | family row | breakfast box'),
      did: phrases('paid extra for the {=thing} | got the {=thing} | tried the {=thing}'),
      good: phrases(
        `is a little oasis | was worth every {coin} | came with a smile and a chocolate | made the trip | is better than my living room`,
      ),
      bad: phrases(`was a sad biscuit and a shrug | was given to somebody else | is a joke at that price | smelled of old socks
        | was "not available today", like yesterday | had a screen that didn't work`),
      aspect: phrases('coffee | space | service | price | view'),
      ask: phrases(`Is the {=thing} worth it on short trips? | Who gets the {=thing} for free? | How do you order the {=thing}?`),
    },
    {
      thing: phrases('baggage belt | luggage desk | hand luggage rule | lost-bag form | baggage tracker'),
      did: phrases('waited {waiting} for help with the {=thing} | asked three people about the {=thing} | dealt with the {=thing}'),
      good: phrases(`was quick for once | had my bag before I had coffee | is fair and clear | brought my guitar home without a scratch`),
      bad: phrases(`ate my suitcase | has no idea where anything is | changed overnight and cost me a fortune
        | told me to "check again {weekday}" | delivered a stranger's suitcase to my door | broke the wheels off my case`),
      aspect: phrases('luggage handling | fee | hotline | tracking | size limit'),
      ask: phrases(
        `What size is allowed under the {=thing}? | How long did they need to find your bag? | Does a rucksack count as hand luggage?`,
      ),
    },
  ],
  crises: kestrivoCrises,
  successes: kestrivoSuccesses,
};
