import type { Story } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';

export const puddlefitCrises: readonly Story[] = [
  {
    event: phrases('the toxic soles | the leaked lab report | the poison in the kids boots | the memo about the soles'),
    happened:
      phrases(`my kid has had a rash for {longTime} | they knew for two years and sold them anyway | the lab found poison in the soles
      | my doctor told me to bin every pair | the memo says "do not tell parents" | my {relative} wore them every single day
      | the whole house smells of that glue`),
    wish: phrases('every parent has a refund | somebody goes to court | they publish the whole report | they pull them from the shops'),
    headline: phrases(`Leaked report: {brand} knew of toxic soles for two years | Shops take {brand} kids boots off the shelves
      | Health office tests {brand} soles after leak`),
    statement: phrases(`We have stopped selling the boots concerned. Bring back any pair for a full refund. {link}
      | We are publishing every lab report we have today: {link}
      | Parents can call us day and night. We are sorry for the worry.`),
    tag: phrases('#toxicsoles | #puddlefit | #boycottpuddlefit'),
  },
  {
    event: phrases('the price rise | the doubled prices | the repair ban | the end of free repairs'),
    happened: phrases(`my trail shoe costs twice what it did yesterday | they cancelled lifetime repairs we had paid for
      | my repair came back undone with a bill | they called loyal runners "low-margin" | I have {count} vouchers that are worth nothing now
      | the outlet turned away a queue of kids`),
    wish: phrases('they honour the old promise | the price comes down | they read the room | I see my voucher money'),
    headline: phrases(`{brand} doubles prices and ends free repairs | Running clubs cut ties with {brand}
      | {brand} faces complaints over cancelled repair promise`),
    statement: phrases(`Materials cost more than ever. We explain the new prices here: {link}
      | Repairs handed in before {weekday} are still free. | We read your messages, all of them, and will talk about vouchers on {weekday}.`),
    tag: phrases('#puddlegreed | #puddlefit | #running'),
  },
];

export const puddlefitSuccesses: readonly Story[] = [
  {
    event: phrases('the marathon record | the world record | that finish | the record in the rain'),
    happened: phrases(`she won the marathon in the rain with a smile | the record fell by {digit} seconds and I screamed
      | a nurse who trains at night beat them all | my {relative} ran a first race beside a champion | I have watched that last mile {count} times
      | the whole stadium sang in the rain`),
    wish: phrases('she keeps running | I run like that one day | they sell that shoe | the kids saw it'),
    headline: phrases(`Marathon record falls in {brand} shoes | Night nurse wins marathon in record time, in {brand} shoes
      | {brand} gives {bigCount} pairs to school clubs after record`),
    statement: phrases(`What a run! Congratulations to the fastest night nurse in the world.
      | To celebrate, we give {bigCount} pairs to school running clubs. Apply here: {link}
      | The record shoe goes on sale on {weekday}. But the legs were all hers.`),
    tag: phrases('#recordrun | #puddlefit | #marathon'),
  },
  {
    event: phrases('the flood relief | the boots for the flooded towns | the free boots | the flood volunteers'),
    happened: phrases(`they brought {bigCount} boots to our flooded street | their drivers carried my {relative} to dry ground
      | the factory ran all night for us and charged nothing | everyone in the shelter has dry feet
      | the boss himself shovelled mud | my kids got boots and a hug`),
    wish: phrases('they know how much it meant | others do the same | the volunteers get some sleep'),
    headline: phrases(`{brand} gives {bigCount} pairs of boots to flooded towns | {brand} staff join flood relief
      | Mayor thanks {brand} for help in flood`),
    statement: phrases(`The boots are on their way, and so are we. Stay safe. | {bigCount} pairs delivered so far. Thank you to all drivers!
      | If your street needs boots, write to us: {link}`),
    tag: phrases('#bootsforall | #puddlefit | #floodrelief'),
  },
];
