import type { Story } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';

export const brixomelCrises: readonly Story[] = [
  {
    event: phrases('the battery recall | the overheating phones | the burning chargers | the recall'),
    happened:
      phrases(`my phone got so hot it scorched the bedside table | the charger melted onto the desk | my {relative} burned a finger on it
      | I woke up to the smell of smoke | the back of mine is bulging | a phone like mine caught fire {place}
      | I got the recall letter {longTime} after the fire | mine died with a hiss`),
    wish: phrases('everyone gets a refund | they say how many knew | they send a safe one | somebody says sorry'),
    headline: phrases(`{brand} recalls {bigCount} phones after batteries overheat | Safety office looks into {brand} chargers
      | {brand} asks owners of the Nine to switch off their phones | Airline trade body weighs a ban on recalled {brand} phones`),
    statement: phrases(`Please stop charging phones from the affected batch and check your serial number here: {link}
      | Safety comes first: every phone in the recall is replaced free of charge. Details: {link}
      | If your phone feels hot, switch it off and call us. The lines are open all night.`),
    tag: phrases('#brixomelrecall | #brixomelheat | #recall'),
  },
  {
    event: phrases('the photo leak | the leaked backups | the data breach | the cloud leak'),
    happened:
      phrases(`strangers could open my photo backup | my family photos sat on an open server | I found {relativePoss} pictures on a forum
      | I got {count} scam calls today alone | my address is in the leak | they knew for {longTime} and said nothing
      | I had to change every password I own`),
    wish: phrases('they tell us the truth | they delete everything they hold | somebody resigns | they notify every victim'),
    headline: phrases(`{brand} confirms that backups of {bigCount} users were readable | Regulator opens inquiry into {brand} photo leak
      | Researcher says {brand} ignored the warning for {longTime}`),
    statement: phrases(`We closed the gap this morning and are writing to everyone affected. {link}
      | What we know so far about the incident, and what you can do: {link}
      | Please change your password. We will post updates here every two hours.`),
    tag: phrases('#brixomelleak | #privacy | #brixomel'),
  },
];

export const brixomelSuccesses: readonly Story[] = [
  {
    event: phrases("the Brixomel Ten launch | today's keynote | the Ten | the repairable phone"),
    happened:
      phrases(`I ordered two before the stream had ended | the crowd stood up for the battery you can swap | I cheered at a phone, at my age
      | they showed spare parts and the hall went wild | my {relative} cried at the accessibility demo | the price made me laugh with joy
      | the Ten is everything I asked for`),
    wish: phrases('it really ships this {span} | the others copy it | they never change | mine arrives soon'),
    headline: phrases(`{brand} presents a phone that its owners can repair | {brand} Ten: first reviews praise camera and price
      | Shop queues for the {brand} Ten reach around the block`),
    statement: phrases(`The Ten is here: swap the battery in ten seconds. Watch the keynote again: {link}
      | Pre-orders for the Ten are open. Thank you for the warmest welcome we ever had!
      | You asked for spare parts. From today you get them at cost: {link}`),
    tag: phrases('#BrixomelTen | #brixomelkeynote | #tech'),
  },
  {
    event: phrases('the mountain rescue | the satellite call | the rescue on the ridge | the emergency beacon'),
    happened: phrases(`the beacon in a phone brought {count} climbers home | my {relative} is alive because of that call
      | it found them in the snow without a signal | the rescue team thanked the engineers by name | I just updated mine and hugged it
      | the dispatcher stayed on the line for {waiting}`),
    wish: phrases('every phone gets this | they keep it free | the team gets a medal | the family is well'),
    headline: phrases(`Climbers saved by {brand} emergency beacon | {brand} keeps satellite rescue free of charge for everyone
      | Rescue service thanks {brand} engineers`),
    statement: phrases(`We are so happy that everyone is safe. The beacon stays free, for everybody, for good.
      | How the emergency beacon works, and how to switch it on: {link} | All thanks go to the rescue teams. You are the heroes.`),
    tag: phrases('#brixomelbeacon | #rescue | #brixomel'),
  },
];
