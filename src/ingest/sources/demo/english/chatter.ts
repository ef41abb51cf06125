import { type Grammar, phrases } from '../grammar.ts';

/** Posts that name no brand at all. */
export const chatter: Grammar = {
  say: phrases(`{weather} {place} {when}. {aside} | does anyone else {habit} {place}? | {thought}. {aside} | reminder to self: {habit} before {clock}
    | my {relative} just told me to {habit}. {aside} | {noun}, then sleep. that was the whole {weekday} | {noun} or {noun2} {when}?
    | {count} {animal} {place} this morning. {aside} | finished {noun} at {clock}. {aside} | plan for {weekday}: {habit}, {habit}, repeat
    | today years old when I learned that {learned}. {aside} | my {relative} says that {learned}. {aside} | {weather} {when}, {noun2} {place} | {relativePoss} birthday on {weekday} and no present yet. ideas? | {dish} or {noun2} for {relativePoss} birthday? ideas? {aside} | recipe for {dish} please, my {relative} is visiting
    | trying to {habit} with a {animal1} on my lap | somebody {place} is playing the {instrument} at {clock}. {aside}
    | overheard {place}: "{overheard}" | {dish} for dinner, {company} | how do you {habit} {place} without losing your mind? | tried to {habit} {when}, ended up with {noun} | currently reading: a book about {learnTopic}. {aside}
    | lost my {lost} {place}, {colour}, has a sticker on it. please message me | {count} weeks of {noun} and my {relative} noticed {when}
    | it's {clock} and I'm still up. {thought} | is it {month} already? {aside} | train stopped near {townish}. {aside}`),
  weather: phrases('fog | rain | sunshine | a storm | first snow | wind | a double rainbow | hail | a pink sky | drizzle'),
  aside:
    phrases(`anyway | discuss | good night | tea first | no further questions | living the dream | that's the post | who else? | time flies | mood | | |
    | send help | small joys | never mind`),
  habit:
    phrases(`water the plants | oil the hinges | label the spice jars | air the duvet | descale the kettle | paint the fence | learn to juggle | call the dentist | read two chapters | walk the dog | back up the laptop | bake bread | learn the tenor part | clean the bike
    | sort the photos | write to my {relative} | fold the laundry | practise scales | fix the gutter | go to bed before {clock} | repot the fern`),
  noun: phrases(
    'laundry | spreadsheets | bread dough | a long walk | chess with my {relative} | meetings | piano scales | exam revision | night shifts | taxes',
  ),
  noun2: phrases('a nap | a film | soup | the gym | a museum | early bed | board games | nothing at all'),
  animal: phrases('geese | hedgehogs | foxes | pigeons | herons | parrots | snails | swans'),
  animal1: phrases('cat | toddler | puppy | hot-water bottle | laptop'),
  thought:
    phrases(`soup is just a salad with ambition | every meeting could have been a note | bikes are happier than cars | nobody reads the manual
    | my {relative} thinks the moon looks closer | trains make me write better | the best ideas come in the shower | {weekday} is the new {weekday}
    | lists calm me down | ducks have it figured out | everything tastes better {place}`),
  learned: phrases(
    'otters hold hands | wombats are fast | clouds weigh tonnes | cashews grow on apples | crows hold grudges | oysters change sex | octopuses have three hearts | some maps have a fake street | bananas are berries | the sun is white | snails have teeth | honey never spoils | goats have accents',
  ),
  learnTopic: phrases('bees | bridges | salt | lighthouses | glaciers | maps | the history of the pencil | knots'),
  dish: phrases(
    'lentil stew | barley risotto | pumpkin curry | apple strudel | bean chilli | spinach flan | mushroom pie | dumplings | pea soup | plum cake | potato pancakes | noodle soup',
  ),
  instrument: phrases('trombone | violin | drums | accordion | recorder | cello'),
  overheard: phrases(
    'but the goat was invited | I only came for the stairs | he never returned the ladder | my horoscope said soup | we agreed on three pumpkins',
  ),
  lost: phrases('umbrella | scarf | keys | left glove | water bottle | sketchbook'),
  townish: phrases('a field of cows | some lake | nowhere | a tiny station with one bench | the old quarry'),
  stop: phrases('. | . | . | , | ...'),
  emoji: phrases('😅 | 🌧️ | ☕ | 🐈 | 🌙 | 📚 | 🚲 | 🥣 | 🌱 | 🤷 |'),
  tag: phrases('#mondaymood | #smallthings | #nowreading | #citylife | #overheard | #birds | #homecooking | #nightshift'),
};
