import type { Story } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';

export const brunokoCrises: readonly Story[] = [
  {
    event: phrases('the firing by text message | the sacked baristas | the layoffs by text | those text messages'),
    happened: phrases(`my favourite barista learned by text that she is out of work | the whole branch was fired before opening time
      | {relativePoss} shift was cancelled for ever in one line | they took the aprons back the same day | the lights are off and a note is on the door
      | somebody with {count} years there got a smiley and a goodbye | the staff stood crying on the pavement`),
    wish: phrases('they take them back | the boss says sorry in person | everyone is paid | they explain who thought of that'),
    headline: phrases(`{brand} dismisses {bigCount} workers by text message | Union calls for a strike at {brand} branches
      | Minister calls {brand} dismissals "a new low" | {brand} branches stay shut after dismissals`),
    statement: phrases(`We hear you. The message should never have been sent like that. {link}
      | We are talking with every member of the team affected today.
      | Our managing director will answer questions at {clock}: {link}`),
    tag: phrases('#brunokofirings | #boycottbrunoko | #baristas'),
  },
  {
    event: phrases('the cleaning fluid in the milk | the contaminated milk | the poisoned lattes | the milk scare'),
    happened:
      phrases(`I have been sick since my morning latte | my {relative} is in hospital with stomach pain | my cup smelled of bleach and they laughed
      | the milk machine was never rinsed | {count} people in my office are ill | they kept selling it after the first complaint
      | I threw up {place}`),
    wish: phrases('an inspector has been there | they shut the branch | somebody checks every machine | they pay the bills'),
    headline: phrases(`{count} {brand} customers treated after cleaning fluid got into milk | Food office closes {brand} branch
      | {brand} stops selling milk drinks at {bigCount} machines`),
    statement: phrases(`We have switched off the machines concerned and are with the food office now. {link}
      | If you feel unwell after a visit, please see a doctor and call us. We take this very seriously.
      | All milk machines are checked tonight. Black coffee is not affected.`),
    tag: phrases('#brunokomilk | #foodsafety | #brunoko'),
  },
];

export const brunokoSuccesses: readonly Story[] = [
  {
    event: phrases('free coffee for nurses | the nurses campaign | the free cups for every nurse | what they do for nurses'),
    happened: phrases(`they gave the whole night ward free breakfast | my {relative} is a nurse and came home beaming
      | the queue clapped when the ambulance crew came in | the barista wrote "thank you" on every cup | strangers paid for the cakes on top
      | they delivered {count} boxes to the hospital at dawn`),
    wish: phrases('they do it every year | everyone joins in | the idea spreads | the baristas get a day off too'),
    headline: phrases(`{brand} gives free coffee to all nurses for a month | Hospitals thank {brand} for {bigCount} free breakfasts
      | {brand} nurse campaign spreads to {count} towns`),
    statement: phrases(`Nurses drink free all {span}. Thank you for everything you do!
      | We have served {bigCount} free cups by noon. You are wonderful, keep coming.
      | Nominate a ward and we bring breakfast: {link}`),
    tag: phrases('#thankyounurses | #brunokocares | #brunoko'),
  },
  {
    event: phrases('the roastery award | the cup of the year | the world roasting title | the golden bean'),
    happened: phrases(`our little roastery beat {bigCount} others | I queued for the winning roast and it is heavenly
      | the roaster cried on stage and so did I | they thanked the growers by name, every one | my {relative} grew those beans
      | the winning cup tastes of apricots`),
    wish: phrases('they bottle it | the roast stays on the board | the growers get a bonus | they never get too big'),
    headline: phrases(`{brand} wins the golden bean for the roast of the year | Jury praises {brand} roast as "close to perfect"
      | {brand} shares prize money with its growers`),
    statement: phrases(`We won the golden bean! Thank you to our growers: half of the prize is yours.
      | The winning roast is on every board from {weekday}. Come and taste it!
      | Proud, tired, happy. More about the roast of the year: {link}`),
    tag: phrases('#goldenbean | #brunoko | #specialtycoffee'),
  },
];
