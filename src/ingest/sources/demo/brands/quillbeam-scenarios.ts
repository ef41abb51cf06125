import type { Story } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';

export const quillbeamCrises: readonly Story[] = [
  {
    event: phrases('the price rise | the doubled price | the new prices | the price shock'),
    happened: phrases(`my plan costs twice as much from tonight | they told us by a banner in the app | I pay more and get ads on top
      | our family plan was split into {count} bills | the cancel button is broken, what a coincidence | they charged me early to beat the refund
      | even the yearly plan went up in mid-year`),
    wish: phrases('they take it back | they refund us | the cancel button works | the bosses pay it themselves'),
    headline: phrases(`{brand} doubles its prices overnight | {bigCount} subscribers leave {brand} in a day
      | Consumer office warns {brand} over price rise`),
    statement: phrases(`Great stories cost more to make. All about the new prices: {link}
      | We know that the timing is hard. Yearly plans keep their price until they end.
      | The cancel button works again. We apologise for the fault.`),
    tag: phrases('#cancelquillbeam | #quillbeam | #pricerise'),
  },
  {
    event: phrases('the Harbour Lights cancellation | the cancelled finale | the cliffhanger | the end of Harbour Lights'),
    happened:
      phrases(`they cancelled Harbour Lights one episode before the end | the cast learned it from a headline | we will never know who did it
      | {count} years of my life end on a cliffhanger | they deleted the whole show overnight | my {relative} is inconsolable
      | the writers have a finished script and no one to film it`),
    wish: phrases('they film the last episode | somebody saves the show | the cast gets a goodbye | they see our petition'),
    headline: phrases(`{brand} cancels Harbour Lights one episode before the end | Petition for Harbour Lights passes {bigCount} names
      | Writers' guild criticises {brand} over cancellation`),
    statement: phrases(`Ending a show is never easy. A note to all fans of Harbour Lights: {link}
      | We know how much it means to you. There are no plans for another episode.
      | Thank you for {count} wonderful years with Harbour Lights.`),
    tag: phrases('#SaveHarbourLights | #HarbourLights | #quillbeam'),
  },
];

export const quillbeamSuccesses: readonly Story[] = [
  {
    event: phrases('the Harbour Lights finale | that finale | the last scene | the final ten minutes'),
    happened:
      phrases(`I sobbed with joy for the whole last scene | the entire street cheered at {clock} | they gave the old captain his moment
      | not one loose end, just perfect | my {relative} and I hugged through the credits | the choir came in and I was gone
      | I started again from episode one`),
    wish: phrases('they win everything | nobody spoils it for you | they write the next one soon | it never gets a remake'),
    headline: phrases(`Harbour Lights finale breaks {brand} viewing record | Critics call {brand} finale "the episode of the decade"
      | {brand} shows finale on public screens in {count} towns`),
    statement: phrases(`Thank you for {count} years on the harbour. We are crying too.
      | More of you watched tonight than ever before. The writers send their love!
      | The music of the finale is out, free for everyone: {link}`),
    tag: phrases('#HarbourLights | #HarbourLightsFinale | #quillbeam'),
  },
  {
    event: phrases('the film awards | the golden lantern | the award night | the clean sweep'),
    happened:
      phrases(`a film about moss won seven awards | the subtitler got a standing ovation | the youngest director ever is on that stage
      | the cast brought the cleaner up to the microphone | I yelled so loud that my {relative} woke up | that speech gave me goosebumps`),
    wish: phrases('everyone watches it now | she directs ten more | they show it in schools | the speech goes round the world'),
    headline: phrases(`{brand} film wins {digit} golden lanterns | {brand} takes best film with a story about moss
      | Record night for {brand} at the film awards`),
    statement: phrases(`{digit} golden lanterns! Thank you, thank you, thank you.
      | Tonight Moss is free for everyone, no account needed: {link}
      | Best film, best script, best subtitles. We are speechless.`),
    tag: phrases('#goldenlantern | #Moss | #quillbeam'),
  },
];
