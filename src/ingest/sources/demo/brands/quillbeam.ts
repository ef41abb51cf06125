import type { BrandVoice } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';
import { quillbeamCrises, quillbeamSuccesses } from './quillbeam-scenarios.ts';

/** Streams films and series; moods swing with every finale. */
export const quillbeam: BrandVoice = {
  rule: {
    name: 'Quillbeam',
    aliases: ['Quillbeam TV', '#quillbeam', '@quillbeam'],
    exclude: ['quillbeam moth'],
    timeZone: 'Asia/Tokyo',
  },
  habit: 'evening',
  share: 12,
  moods: { positive: 38, negative: 30, neutral: 25, mixed: 7 },
  words: {
    praise: phrases(`renewed my favourite show | has the best writers anywhere | made a masterpiece out of nothing
      | added subtitles for everything, thanks | lets you cancel with one click | brought back the old films I grew up with
      | takes risks and it pays off | keeps the credits on, bless them`),
    blame: phrases(`cancelled my favourite show | raised the price again | put ads into the plan I pay for | ruined {show}
      | splits every season in three now | removed half my list overnight | blocks my {relative} from our own account
      | spoiled the ending in its own trailer`),
    fact: phrases(`starts {show} on {weekday} | adds {count} films in {month} | films {site} until {weekday}
      | brings {show} back next {span} | lists {count} episodes for {show} | shows the first trailer at {clock}
      | moves {show} to {weekday}s | hires the director of {show}`),
    upside: phrases(`the cast is perfect | the soundtrack is gorgeous | I laughed until I cried | no ads at all
      | my {relative} is hooked as well | every shot is a painting | the subtitles are spot on | I binged it in one night`),
    downside: phrases(`the ending makes no sense | the subtitles are wrong | it buffers every two minutes | the sound is a mumble
      | ads everywhere | they killed the only good character | the price went up again | my {relative} fell asleep`),
    helper: phrases('the help chat | the writers | the support team | Oluwa from support | the subtitling team'),
    matter: phrases('subscription | password | bill | download | family plan | cancelled account'),
    handle: ['@quillbeam'],
    tag: phrases('#quillbeam | #HarbourLights | #nowwatching | #bingeweek | #tvtalk'),
    show: phrases('Harbour Lights | The Ninth Lighthouse | Salt and Paper | Cold Kitchen | Our Loud Family | Moss'),
    notice: phrases(`{show}, new episode on {weekday} at {clock}. | Leaving in {month}: {show} and {show}.
      | The first trailer for {show} is out: {link} | Maintenance on {weekday} from {clock}: downloads pause.
      | Casting call for {show}, {site}, on {weekday}: {link}`),
    trap: phrases(`A Quillbeam moth on the kitchen window {when}. | Is the Quillbeam moth rare? Saw {count} {place}.
      | The Quillbeam moth flies only in {month}, says my {relative}. | Drew a Quillbeam moth in biology, my {relative} laughed.`),
  },
  topics: [
    {
      thing: phrases('finale | pilot episode | second season | third episode | new season | Christmas special'),
      did: phrases('watched the {=thing} of {show} | stayed up for the {=thing} | rewatched the {=thing} with my {relative}'),
      good: phrases(`had me in tears, the good kind | is the best hour of TV this {span} | kept us up until {clock} | gave me goosebumps
        | tied up every loose end | made us applaud in the living room`),
      bad: phrases(`is so boring I fell asleep | ruined {count} seasons in an hour | ends on a cliffhanger and then nothing
        | felt written by a committee | is {shortTime} of story in two hours | looked like it was filmed in a cellar`),
      aspect: phrases('writing | soundtrack | cast | pacing | ending | lighting'),
      ask: phrases(`Who sings the song in the {=thing}? | How long is the {=thing}? | Do I need to see the rest before the {=thing}?
        | Who did you think it was in the {=thing}?`),
    },
    {
      thing: phrases('lighthouse thriller | cooking show | true-crime series | space comedy | quiz night | documentary about moss'),
      did: phrases('started the {=thing} | gave the {=thing} three episodes | watched all of the {=thing} in one weekend'),
      good: phrases(`is the best thing on TV | made my {relative} laugh for the first time this week | is weird and warm and wonderful
        | has not one weak minute | deserves every award | made me call my mother`),
      bad: phrases(`is an insult to its audience | has the worst dialogue I've ever heard | copies every better show | made me want {longTime} of my life back
        | is painfully unfunny | was dubbed by robots`),
      aspect: phrases('dialogue | lead actor | script | humour | camera work'),
      ask: phrases(
        `Is the {=thing} okay for kids? | Any shows like the {=thing}? | Is there a book behind the {=thing}? | How many seasons has the {=thing}?`,
      ),
    },
    {
      thing: phrases('app | download mode | search | tablet app | subtitle menu | watch list'),
      did: phrases('opened the {=thing} | wrestled with the {=thing} | used the {=thing} on the train'),
      good: phrases(`streams without a hiccup | found a film I only half remembered | works on my ancient telly | saved our train journey
        | finally has large subtitles`),
      bad: phrases(`buffers every two minutes | logs me out all the time | can't find a show by its own title | forgets where I stopped
        | plays trailers at full volume | crashes when the plot gets good`),
      aspect: phrases('picture | sound | subtitling | menu | autoplay'),
      ask: phrases(
        `How do you turn off autoplay in the {=thing}? | Does the {=thing} run on a projector? | How many devices can use the {=thing}?`,
      ),
    },
    {
      thing: phrases('family plan | basic plan | student price | yearly subscription | free month'),
      did: phrases('signed up for the {=thing} | cancelled the {=thing} | shared the {=thing} with my {relative}'),
      good: phrases(`is a steal | costs less than one cinema ticket | let us share without trouble | can be paused any time, love that`),
      bad: phrases(`costs twice as much as last {span} | renewed itself without asking | has ads now | charged me after I cancelled
        | only works in one house`),
      aspect: phrases('price | cancellation | small print | picture quality'),
      ask: phrases(`What does the {=thing} cost where you live? | Is the {=thing} worth it? | Can I pause the {=thing} over the summer?`),
    },
  ],
  crises: quillbeamCrises,
  successes: quillbeamSuccesses,
};
