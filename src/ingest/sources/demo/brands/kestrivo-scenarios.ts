import type { Story } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';

export const kestrivoCrises: readonly Story[] = [
  {
    event: phrases('the system outage | the grounded fleet | the cancelled flights | this chaos at the airport'),
    happened:
      phrases(`I have slept on the floor for {count} nights | every flight on the board went red | we have children here and no water
      | the desk closed and the staff ran away | I missed {relativePoss} funeral | the app says "on time" while the plane is gone
      | {count} hundred of us share four phone sockets | my {relative} is stuck without medicine`),
    wish: phrases('somebody tells us anything | we get a bed | the money is back on my card | one plane leaves'),
    headline: phrases(`{brand} cancels {bigCount} flights after computer failure | {bigCount} travellers stranded as {brand} systems fail
      | {brand} outage enters its second day | Watchdog asks {brand} about compensation`),
    statement: phrases(`Our systems are down and no flights leave before {clock}. We are very sorry. {link}
      | Please do not come to the airport today. Rebooking is free: {link}
      | Hotel vouchers are handed out at gate {digit}. We know that the queue is long.`),
    tag: phrases('#kestrivochaos | #stranded | #kestrivo'),
  },
  {
    event: phrases('the dragged-off passenger | that video from row twelve | the video | what they did to that man'),
    happened: phrases(`they pulled an old man out of a seat he had paid for | the whole cabin shouted and they went on
      | a crew member laughed into the camera | I was in row {digit} and I am shaking | they told him to smile
      | the children behind him were screaming | nobody helped him up`),
    wish: phrases('the man gets an apology | somebody is charged | they stop overbooking | the boss faces him'),
    headline: phrases(`Video shows passenger being forced off {brand} flight | Police look into {brand} removal of a passenger
      | {brand} suspends {count} employees after video`),
    statement: phrases(`What the video shows is not who we want to be. We are speaking with the passenger and his family.
      | We have suspended the staff concerned and asked for an independent inquiry. {link}
      | We have no words that make this right, and we apologise.`),
    tag: phrases('#row12 | #boycottkestrivo | #kestrivo'),
  },
];

export const kestrivoSuccesses: readonly Story[] = [
  {
    event: phrases('the baby born on board | the birth at ten thousand metres | the extra passenger | the sky baby'),
    happened: phrases(`the crew delivered a baby girl over the sea | the whole cabin sang for the little one
      | a nurse and a steward did everything right | the captain announced the name in tears | my {relative} held the torch
      | they get free flights for life`),
    wish: phrases('mother and child are well | the crew gets a medal | someone films the story | she becomes a pilot'),
    headline: phrases(`Baby born on {brand} flight, mother and child well | {brand} crew praised after birth on board
      | {brand} gives newborn free flights for life`),
    statement: phrases(`Welcome aboard, little one! Mother and daughter are well, and she flies free for life.
      | We could not be prouder of our crew today. | The story of flight {digit}{digit}, told by the crew: {link}`),
    tag: phrases('#skybaby | #kestrivo | #goodnews'),
  },
  {
    event: phrases('the storm landing | that landing | the rescue flights | the captain of flight {digit}{digit}'),
    happened: phrases(`the captain put us down like a feather in that storm | everyone hugged everyone, strangers too
      | they flew in twice to bring the islanders out | the crew calmed {count} crying kids with a song | I owe that pilot my life
      | they handed out blankets and never stopped smiling`),
    wish: phrases('they get the award | the captain reads this | every airline trains like that | they all got home'),
    headline: phrases(`{brand} captain praised for landing in storm | {brand} flies {bigCount} islanders to safety for free
      | Passengers applaud {brand} crew after rescue`),
    statement: phrases(`Everybody is safe. Thank you to our crews, who flew through the night.
      | The rescue flights go on until the last islander is out. Free of charge, of course.
      | Our captain says: "I had the best crew in the world." We agree.`),
    tag: phrases('#captaincool | #kestrivo | #thankyoucrew'),
  },
];
