import type { BrandProfile } from '../brand-profile.ts';
import { parseGrammar } from '../text-generator.ts';

/** Makes phones. Loved for its cameras, scolded for its updates. */
export const brixomel: BrandProfile = {
  rule: {
    name: 'Brixomel',
    aliases: ['Brixomel Phones', '#brixomel', '@brixomel', 'Brixomel Nine'],
    exclude: ['brixomel falls'],
    timeZone: 'Europe/Berlin',
  },
  peakTime: 'day',
  share: 24,
  moods: { positive: 42, negative: 26, neutral: 25, mixed: 7 },
  words: parseGrammar(`
    praise: still makes the nicest phone you can buy | actually listens to bug reports | keeps its phones going for years | got the basics right this time
      | replaced my cracked one without a fuss | has the best camera team in the business | finally brought the headphone socket back | repairs things instead of binning them
      | quietly fixed the thing I moaned about
    blame: bricked my phone with last night's update | wants a small fortune for a new screen | broke the {aspect} again | refuses to honour the warranty
      | stopped supporting a phone I bought two years ago | sells the charger separately now | keeps pushing ads into the settings menu | closed my bug report without reading it
      | quoted me {longTime} for a simple repair
    fact: shows its new phone on {weekday} | opens a shop {site} next {span} | ships version {count} of its system to testers | moves its headquarters across the river
      | names a new head of design | will end support for the Brixomel Six in {span2} | charges {price} for the Nine | brings its trade-in programme to {count} more countries
    upside: the night shots look unreal | it survived a fall down the stairs | the battery easily lasts two days | moving my data over took {shortTime}
      | even my {relative} put down the old one | it has no useless apps on it | the speaker is loud and clear | it fits in one hand
    downside: it gets hot enough to fry an egg | the camera app freezes | calls drop every time I go indoors | the battery is flat by lunch | the last update made it slower
      | the repair costs more than the phone | the fingerprint reader ignores me | it restarts in the middle of calls
    helper: the repair desk | the chat agent | the person at the counter | the woman in the repair shop | Ayo from the help line
    matter: cracked screen | warranty claim | trade-in | invoice | pre-order | swollen battery | lost phone
    handle: @brixomel
    tag: #brixomel | #BrixomelNine | #mobile | #phones | #shotonbrixomel
    notice: Version {count}.{count} of our system starts rolling out on {weekday}. Release notes: {link} | Our shop {site} is open until {clock} all {span}.
      | The Brixomel Nine comes in {colour} and {colour} from {weekday}. | Trade-in week starts on {weekday}. Terms: {link}
      | Maintenance tonight from {clock}: accounts and backups pause for an hour.
    ambiguous: Hiked to Brixomel Falls {when}, {company}. {weatherLine} | Is the path at Brixomel Falls open in {month}?
      | Walked {shortTime} more than planned and Brixomel Falls was behind a fence. | My {relative} wants to see Brixomel Falls on {weekday}. Which bus goes there?
      | Brixomel Falls at sunrise, nobody around but my {relative} with a camera.
  `),
  topics: [
    parseGrammar(`
      thing: night camera | zoom lens | selfie camera | portrait mode | video mode
      did: took {count} photos with the {=thing} | filmed the whole {occasion} with the {=thing} | tried the {=thing} in the dark
      good: catches every star | makes my {relative} look like a film star | beats the proper camera I sold for it | turns a rainy {weekday} into a postcard | is so sharp it feels unfair
        | focuses before I even think | handles the dark like it is nothing | never misses the moment
      bad: smears every face | hunts for focus until the moment is gone | turns everybody orange | crashes as soon as I press record | makes the moon look like a potato
        | is worse than the one from three years ago | puts a green line through each photo
      aspect: zoom | night mode | focus | colour balance | shutter speed | image quality
      ask: How do you switch off the sound of the {=thing}? | What settings do you use for the {=thing} at concerts? | Does the {=thing} save raw files?
        | Anyone compared the {=thing} with a real camera yet?
    `),
    parseGrammar(`
      thing: battery | fast charger | charging dock | power bank
      did: went {waiting} with just the {=thing} | left the {=thing} plugged in overnight | replaced the {=thing}
      good: lasts two full days | is done before my tea is ready | got me through a seven-hour train ride with half to spare | still holds its charge after {longTime}
        | survived a whole festival | changed how I travel
      bad: is dead by lunch | gets so hot I can't hold it | drops from forty percent to nothing | takes all night and still isn't full | swelled up like a pillow
        | stopped working after {longTime} | needs a socket every three hours
      aspect: battery life | charging speed | cable | heat | standby time
      ask: Does the {=thing} work with other cables? | How long does the {=thing} last for you? | Is the {=thing} allowed on planes? | What percentage do you charge your {=thing} to?
    `),
    parseGrammar(`
      thing: Nine | Nine Mini | folding model | Fold Two | Lite | work phone
      did: switched to the {=thing} | dropped the {=thing} on the pavement | unboxed the {=thing} | took the {=thing} on holiday
      good: feels wonderful in the hand | runs everything without a stutter | looks gorgeous in {colour} | survived my toddler | is the first phone in years that I'm excited about
        | is worth every {coin} | hasn't crashed once | makes my old phone look ancient
      bad: freezes on every call | cracked within a week | loses signal in my own kitchen | feels like cheap plastic | lags when I type | restarts itself in the middle of the night
        | has a green line across the screen | is a very expensive paperweight
      aspect: screen | keyboard | hinge | speaker | signal | price | finish
      ask: {colourCap} or {colour} for the {=thing}? | Does the {=thing} take two SIM cards? | What is the {=thing} going for second-hand? | Is there a case for the {=thing} with a strap?
        | How heavy is the {=thing}?
    `),
    parseGrammar(`
      thing: update | new home screen | lock screen | voice assistant | backup app | weather widget
      did: installed the {=thing} | spent an evening with the {=thing} | turned on the {=thing}
      good: makes everything snappier | finally does what I asked for {longTime} ago | is beautifully simple | fixed every bug I had | saves me ages each morning
        | understands my accent, a first
      bad: wiped my alarms, I overslept | hides everything I use | drains the battery | deleted {longTime} of photos | won't let me log in | is slower than a wet week | keeps sending me ads
      aspect: design | icon set | notification bar | settings menu | speed
      ask: How do I undo the {=thing}? | Has the {=thing} reached you yet? | Where did the {=thing} put the torch button? | Is there a way to try the {=thing} early?
    `),
  ],
  crises: [
    parseGrammar(`
      event: the battery recall | the overheating phones | the burning chargers | the recall
      happened: my phone got so hot it scorched the bedside table | the charger melted onto the desk | my {relative} burned a finger on it | I woke up to the smell of smoke
        | the back of mine is bulging | a phone like mine caught fire {place} | I got the recall letter {longTime} after the fire | mine died with a hiss
      wish: everyone gets a refund | they say how many knew | they send a safe one | somebody says sorry
      headline: {brand} recalls {bigCount} phones after batteries overheat | Safety office looks into {brand} chargers | {brand} asks owners of the Nine to switch off their phones
        | Airline trade body weighs a ban on recalled {brand} phones
      statement: Please stop charging phones from the affected batch and check your serial number here: {link}
        | Safety comes first: every phone in the recall is replaced free of charge. Details: {link} | If your phone feels hot, switch it off and call us. The lines are open all night.
      tag: #brixomelrecall | #brixomelheat | #recall
    `),
    parseGrammar(`
      event: the photo leak | the leaked backups | the data breach | the cloud leak
      happened: strangers could open my photo backup | my family photos sat on an open server | I found {relativePoss} pictures on a forum | I got {count} scam calls today alone
        | my address is in the leak | they knew for {longTime} and said nothing | I had to change every password I own
      wish: they tell us the truth | they delete everything they hold | somebody resigns | they notify every victim
      headline: {brand} confirms that backups of {bigCount} users were readable | Regulator opens inquiry into {brand} photo leak | Researcher says {brand} ignored the warning for {longTime}
      statement: We closed the gap this morning and are writing to everyone affected. {link} | What we know so far about the incident, and what you can do: {link}
        | Please change your password. We will post updates here every two hours.
      tag: #brixomelleak | #privacy | #brixomel
    `),
  ],
  successes: [
    parseGrammar(`
      event: the Brixomel Ten launch | today's keynote | the Ten | the repairable phone
      happened: I ordered two before the stream had ended | the crowd stood up for the battery you can swap | I cheered at a phone, at my age | they showed spare parts and the hall went wild
        | my {relative} cried at the accessibility demo | the price made me laugh with joy | the Ten is everything I asked for
      wish: it really ships this {span} | the others copy it | they never change | mine arrives soon
      headline: {brand} presents a phone that its owners can repair | {brand} Ten: first reviews praise camera and price | Shop queues for the {brand} Ten reach around the block
      statement: The Ten is here: swap the battery in ten seconds. Watch the keynote again: {link} | Pre-orders for the Ten are open. Thank you for the warmest welcome we ever had!
        | You asked for spare parts. From today you get them at cost: {link}
      tag: #BrixomelTen | #brixomelkeynote | #tech
    `),
    parseGrammar(`
      event: the mountain rescue | the satellite call | the rescue on the ridge | the emergency beacon
      happened: the beacon in a phone brought {count} climbers home | my {relative} is alive because of that call | it found them in the snow without a signal
        | the rescue team thanked the engineers by name | I just updated mine and hugged it | the dispatcher stayed on the line for {waiting}
      wish: every phone gets this | they keep it free | the team gets a medal | the family is well
      headline: Climbers saved by {brand} emergency beacon | {brand} keeps satellite rescue free of charge for everyone | Rescue service thanks {brand} engineers
      statement: We are so happy that everyone is safe. The beacon stays free, for everybody, for good. | How the emergency beacon works, and how to switch it on: {link}
        | All thanks go to the rescue teams. You are the heroes.
      tag: #brixomelbeacon | #rescue | #brixomel
    `),
  ],
};
