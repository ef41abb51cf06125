import type { BrandVoice } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';
import { brixomelCrises, brixomelSuccesses } from './brixomel-scenarios.ts';

/** Makes phones. Loved for its cameras, scolded for its updates. */
export const brixomel: BrandVoice = {
  rule: {
    name: 'Brixomel',
    aliases: ['Brixomel Phones', '#brixomel', '@brixomel', 'Brixomel Nine'],
    exclude: ['brixomel falls'],
    timeZone: 'Europe/Berlin',
  },
  habit: 'day',
  share: 24,
  moods: { positive: 42, negative: 26, neutral: 25, mixed: 7 },
  words: {
    praise: phrases(`still makes the nicest phone you can buy | actually listens to bug reports | keeps its phones going for years
      | got the basics right this time | replaced my cracked one without a fuss | has the best camera team in the business
      | finally brought the headphone socket back | repairs things instead of binning them | quietly fixed the thing I moaned about`),
    blame: phrases(`bricked my phone with last night's update | wants a small fortune for a new screen | broke the {aspect} again
      | refuses to honour the warranty | stopped supporting a phone I bought two years ago | sells the charger separately now
      | keeps pushing ads into the settings menu | closed my bug report without reading it | quoted me {longTime} for a simple repair`),
    fact: phrases(`shows its new phone on {weekday} | opens a shop {site} next {span} | ships version {count} of its system to testers
      | moves its headquarters across the river | names a new head of design | will end support for the Brixomel Six in {span2}
      | asks {price} for the Nine | brings its trade-in programme to {count} more countries`),
    upside: phrases(`the night shots look unreal | it survived a fall down the stairs | the battery easily lasts two days
      | moving my data over took {shortTime} | even my {relative} put down the old one | it has no useless apps on it
      | the speaker is loud and clear | it fits in one hand`),
    downside: phrases(`it gets hot enough to fry an egg | the camera app freezes | calls drop every time I go indoors
      | the battery is flat by lunch | the last update made it slower | the repair costs more than the phone
      | the fingerprint reader ignores me | it restarts in the middle of calls`),
    helper: phrases('the repair desk | the chat agent | the person at the counter | the woman in the repair shop | Ayo from the help line'),
    matter: phrases('cracked screen | warranty claim | trade-in | invoice | pre-order | swollen battery | lost phone'),
    handle: ['@brixomel'],
    tag: phrases('#brixomel | #BrixomelNine | #mobile | #phones | #shotonbrixomel'),
    notice: phrases(`Version {count}.{count} of our system starts rolling out on {weekday}. Release notes: {link}
      | Our shop {site} is open until {clock} all {span}. | The Brixomel Nine comes in {colour} and {colour} from {weekday}.
      | Trade-in week starts on {weekday}. Terms: {link} | Maintenance tonight from {clock}: accounts and backups pause for an hour.`),
    trap: phrases(`Hiked to Brixomel Falls {when}, {company}. {weatherLine} | Is the path at Brixomel Falls open in {month}?
      | Walked {shortTime} more than planned and Brixomel Falls was behind a fence. | My {relative} wants to see Brixomel Falls on {weekday}. Which bus goes there? | Brixomel Falls at sunrise, nobody around but my {relative} with a camera.`),
  },
  topics: [
    {
      thing: phrases('night camera | zoom lens | selfie camera | portrait mode | video mode'),
      did: phrases(
        'took {count} photos with the {=thing} | filmed the whole {occasion} with the {=thing} | tried the {=thing} in the dark',
      ),
      good: phrases(`catches every star | makes my {relative} look like a film star | beats the proper camera I sold for it
        | turns a rainy {weekday} into a postcard | is so sharp it feels unfair | focuses before I even think
        | handles the dark like it is nothing | never misses the moment`),
      bad: phrases(`smears every face | hunts for focus until the moment is gone | turns everybody orange | crashes as soon as I press record
        | makes the moon look like a potato | is worse than the one from three years ago | puts a green line through each photo`),
      aspect: phrases('zoom | night mode | focus | colour balance | shutter speed | image quality'),
      ask: phrases(`How do you switch off the sound of the {=thing}? | What settings do you use for the {=thing} at concerts?
        | Does the {=thing} save raw files? | Anyone compared the {=thing} with a real camera yet?`),
    },
    {
      thing: phrases('battery | fast charger | charging dock | power bank'),
      did: phrases('went {waiting} with just the {=thing} | left the {=thing} plugged in overnight | replaced the {=thing}'),
      good: phrases(`lasts two full days | is done before my tea is ready | got me through a seven-hour train ride with half to spare
        | still holds its charge after {longTime} | survived a whole festival | changed how I travel`),
      bad: phrases(`is dead by lunch | gets so hot I can't hold it | drops from forty percent to nothing | takes all night and still isn't full
        | swelled up like a pillow | stopped working after {longTime} | needs a socket every three hours`),
      aspect: phrases('battery life | charging speed | cable | heat | standby time'),
      ask: phrases(`Does the {=thing} work with other cables? | How long does the {=thing} last for you? | Is the {=thing} allowed on planes?
        | What percentage do you charge your {=thing} to?`),
    },
    {
      thing: phrases('Nine | Nine Mini | folding model | Fold Two | Lite | work phone'),
      did: phrases('switched to the {=thing} | dropped the {=thing} on the pavement | unboxed the {=thing} | took the {=thing} on holiday'),
      good: phrases(`feels wonderful in the hand | runs everything without a stutter | looks gorgeous in {colour} | survived my toddler
        | is the first phone in years that I'm excited about | is worth every {coin} | hasn't crashed once | makes my old phone look ancient`),
      bad: phrases(`freezes on every call | cracked within a week | loses signal in my own kitchen | feels like cheap plastic
        | lags when I type | restarts itself in the middle of the night | has a green line across the screen | is a very expensive paperweight`),
      aspect: phrases('screen | keyboard | hinge | speaker | signal | price | finish'),
      ask: phrases(`{colourCap} or {colour} for the {=thing}? | Does the {=thing} take two SIM cards? | What is the {=thing} going for second-hand?
        | Is there a case for the {=thing} with a strap? | How heavy is the {=thing}?`),
    },
    {
      thing: phrases('update | new home screen | lock screen | voice assistant | backup app | weather widget'),
      did: phrases('installed the {=thing} | spent an evening with the {=thing} | turned on the {=thing}'),
      good: phrases(`makes everything snappier | finally does what I asked for {longTime} ago | is beautifully simple
        | fixed every bug I had | saves me ages each morning | understands my accent, a first`),
      bad: phrases(`wiped my alarms, I overslept | hides everything I use | drains the battery | deleted {longTime} of photos
        | won't let me log in | is slower than a wet week | keeps sending me ads`),
      aspect: phrases('design | icon set | notification bar | settings menu | speed'),
      ask: phrases(`How do I undo the {=thing}? | Has the {=thing} reached you yet? | Where did the {=thing} put the torch button?
        | Is there a way to try the {=thing} early?`),
    },
  ],
  crises: brixomelCrises,
  successes: brixomelSuccesses,
};
