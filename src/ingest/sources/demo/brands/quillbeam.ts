import type { BrandProfile } from '../brand-profile.ts';
import { parseGrammar } from '../text-generator.ts';

/** Streams films and series; moods swing with every finale. */
export const quillbeam: BrandProfile = {
  rule: {
    name: 'Quillbeam',
    aliases: ['Quillbeam TV', '#quillbeam', '@quillbeam'],
    exclude: ['quillbeam moth'],
    timeZone: 'Asia/Tokyo',
  },
  peakTime: 'evening',
  share: 12,
  moods: { positive: 38, negative: 30, neutral: 25, mixed: 7 },
  words: parseGrammar(`
    praise: renewed my favourite show | has the best writers anywhere | made a masterpiece out of nothing | added subtitles for everything, thanks | lets you cancel with one click
      | brought back the old films I grew up with | takes risks and it pays off | keeps the credits on, bless them
    blame: cancelled my favourite show | raised the price again | put ads into the plan I pay for | ruined {show} | splits every season in three now | removed half my list overnight
      | blocks my {relative} from our own account | spoiled the ending in its own trailer
    fact: starts {show} on {weekday} | adds {count} films in {month} | films {site} until {weekday} | brings {show} back next {span} | lists {count} episodes for {show}
      | shows the first trailer at {clock} | moves {show} to {weekday}s | hires the director of {show}
    upside: the cast is perfect | the soundtrack is gorgeous | I laughed until I cried | no ads at all | my {relative} is hooked as well | every shot is a painting
      | the subtitles are spot on | I binged it in one night
    downside: the ending makes no sense | the subtitles are wrong | it buffers every two minutes | the sound is a mumble | ads everywhere | they killed the only good character
      | the price went up again | my {relative} fell asleep
    helper: the help chat | the writers | the support team | Oluwa from support | the subtitling team
    matter: subscription | password | bill | download | family plan | cancelled account
    handle: @quillbeam
    tag: #quillbeam | #HarbourLights | #nowwatching | #bingeweek | #tvtalk
    show: Harbour Lights | The Ninth Lighthouse | Salt and Paper | Cold Kitchen | Our Loud Family | Moss
    notice: {show}, new episode on {weekday} at {clock}. | Leaving in {month}: {show} and {show}. | The first trailer for {show} is out: {link}
      | Maintenance on {weekday} from {clock}: downloads pause. | Casting call for {show}, {site}, on {weekday}: {link}
    ambiguous: A Quillbeam moth on the kitchen window {when}. | Is the Quillbeam moth rare? Saw {count} {place}. | The Quillbeam moth flies only in {month}, says my {relative}.
      | Drew a Quillbeam moth in biology, my {relative} laughed.
  `),
  topics: [
    parseGrammar(`
      thing: finale | pilot episode | second season | third episode | new season | Christmas special
      did: watched the {=thing} of {show} | stayed up for the {=thing} | rewatched the {=thing} with my {relative}
      good: had me in tears, the good kind | is the best hour of TV this {span} | kept us up until {clock} | gave me goosebumps | tied up every loose end | made us applaud in the living room
      bad: is so boring I fell asleep | ruined {count} seasons in an hour | ends on a cliffhanger and then nothing | felt written by a committee | is {shortTime} of story in two hours
        | looked like it was filmed in a cellar
      aspect: writing | soundtrack | cast | pacing | ending | lighting
      ask: Who sings the song in the {=thing}? | How long is the {=thing}? | Do I need to see the rest before the {=thing}? | Who did you think it was in the {=thing}?
    `),
    parseGrammar(`
      thing: lighthouse thriller | cooking show | true-crime series | space comedy | quiz night | documentary about moss
      did: started the {=thing} | gave the {=thing} three episodes | watched all of the {=thing} in one weekend
      good: is the best thing on TV | made my {relative} laugh for the first time this week | is weird and warm and wonderful | has not one weak minute | deserves every award
        | made me call my mother
      bad: is an insult to its audience | has the worst dialogue I've ever heard | copies every better show | made me want {longTime} of my life back | is painfully unfunny
        | was dubbed by robots
      aspect: dialogue | lead actor | script | humour | camera work
      ask: Is the {=thing} okay for kids? | Any shows like the {=thing}? | Is there a book behind the {=thing}? | How many seasons has the {=thing}?
    `),
    parseGrammar(`
      thing: app | download mode | search | tablet app | subtitle menu | watch list
      did: opened the {=thing} | wrestled with the {=thing} | used the {=thing} on the train
      good: streams without a hiccup | found a film I only half remembered | works on my ancient telly | saved our train journey | finally has large subtitles
      bad: buffers every two minutes | logs me out all the time | can't find a show by its own title | forgets where I stopped | plays trailers at full volume
        | crashes when the plot gets good
      aspect: picture | sound | subtitling | menu | autoplay
      ask: How do you turn off autoplay in the {=thing}? | Does the {=thing} run on a projector? | How many devices can use the {=thing}?
    `),
    parseGrammar(`
      thing: family plan | basic plan | student price | yearly subscription | free month
      did: signed up for the {=thing} | cancelled the {=thing} | shared the {=thing} with my {relative}
      good: is a steal | costs less than one cinema ticket | let us share without trouble | can be paused any time, love that
      bad: costs twice as much as last {span} | renewed itself without asking | has ads now | charged me after I cancelled | only works in one house
      aspect: price | cancellation | small print | picture quality
      ask: What does the {=thing} cost where you live? | Is the {=thing} worth it? | Can I pause the {=thing} over the summer?
    `),
  ],
  crises: [
    parseGrammar(`
      event: the price rise | the doubled price | the new prices | the price shock
      happened: my plan costs twice as much from tonight | they told us by a banner in the app | I pay more and get ads on top | our family plan was split into {count} bills
        | the cancel button is broken, what a coincidence | they charged me early to beat the refund | even the yearly plan went up in mid-year
      wish: they take it back | they refund us | the cancel button works | the bosses pay it themselves
      headline: {brand} doubles its prices overnight | {bigCount} subscribers leave {brand} in a day | Consumer office warns {brand} over price rise
      statement: Great stories cost more to make. All about the new prices: {link} | We know that the timing is hard. Yearly plans keep their price until they end.
        | The cancel button works again. We apologise for the fault.
      tag: #cancelquillbeam | #quillbeam | #pricerise
    `),
    parseGrammar(`
      event: the Harbour Lights cancellation | the cancelled finale | the cliffhanger | the end of Harbour Lights
      happened: they cancelled Harbour Lights one episode before the end | the cast learned it from a headline | we will never know who did it | {count} years of my life end on a cliffhanger
        | they deleted the whole show overnight | my {relative} is inconsolable | the writers have a finished script and no one to film it
      wish: they film the last episode | somebody saves the show | the cast gets a goodbye | they see our petition
      headline: {brand} cancels Harbour Lights one episode before the end | Petition for Harbour Lights passes {bigCount} names | Writers' guild criticises {brand} over cancellation
      statement: Ending a show is never easy. A note to all fans of Harbour Lights: {link} | We know how much it means to you. There are no plans for another episode.
        | Thank you for {count} wonderful years with Harbour Lights.
      tag: #SaveHarbourLights | #HarbourLights | #quillbeam
    `),
  ],
  successes: [
    parseGrammar(`
      event: the Harbour Lights finale | that finale | the last scene | the final ten minutes
      happened: I sobbed with joy for the whole last scene | the entire street cheered at {clock} | they gave the old captain his moment | not one loose end, just perfect
        | my {relative} and I hugged through the credits | the choir came in and I was gone | I started again from episode one
      wish: they win everything | nobody spoils it for you | they write the next one soon | it never gets a remake
      headline: Harbour Lights finale breaks {brand} viewing record | Critics call {brand} finale "the episode of the decade" | {brand} shows finale on public screens in {count} towns
      statement: Thank you for {count} years on the harbour. We are crying too. | More of you watched tonight than ever before. The writers send their love!
        | The music of the finale is out, free for everyone: {link}
      tag: #HarbourLights | #HarbourLightsFinale | #quillbeam
    `),
    parseGrammar(`
      event: the film awards | the golden lantern | the award night | the clean sweep
      happened: a film about moss won seven awards | the subtitler got a standing ovation | the youngest director ever is on that stage | the cast brought the cleaner up to the microphone
        | I yelled so loud that my {relative} woke up | that speech gave me goosebumps
      wish: everyone watches it now | she directs ten more | they show it in schools | the speech goes round the world
      headline: {brand} film wins {digit} golden lanterns | {brand} takes best film with a story about moss | Record night for {brand} at the film awards
      statement: {digit} golden lanterns! Thank you, thank you, thank you. | Tonight Moss is free for everyone, no account needed: {link}
        | Best film, best script, best subtitles. We are speechless.
      tag: #goldenlantern | #Moss | #quillbeam
    `),
  ],
};
