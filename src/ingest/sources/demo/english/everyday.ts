import { type Grammar, phrases } from '../grammar.ts';

/** Times, places, people and numbers that posts of every mood fill their slots with. */
export const everyday: Grammar = {
  weekday: phrases('Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday'),
  month: phrases('January | March | April | May | June | September | October | November | December'),
  span: phrases('year | month | winter | summer | season | spring | autumn | quarter'),
  span2: phrases('years | months | ages | a decade | a long while | a year or two'),
  shortTime: phrases('five minutes | two minutes | ten minutes | a quarter of an hour | half an hour | ninety seconds | an hour'),
  longTime: phrases(`three hours | six weeks | two days | a whole month | nine days | half a year | five hours | two weeks | a full day
    | eleven weeks | most of {weekday}`),

  waiting: phrases('three hours | two hours | five hours | most of {weekday} | four hours | half a day | ninety minutes'),
  clock: phrases('7 | 8:30 | noon | half past two | 4 pm | 6 | midnight | ten | 5:45 | a quarter to nine | 3 am | eleven'),
  count: phrases('two | three | four | five | six | seven | nine | eleven | 12 | 15 | 20'),
  digit: phrases('2 | 3 | 4 | 5 | 6 | 7 | 8 | 9'),
  bigCount: phrases('thousands of | 2,000 | 4,500 | 12,000 | 30,000 | 700 | 1,200 | hundreds of | 85,000'),
  price: phrases('40 | 60 | 99 | 120 | 250 | 380 | 699 | 15').map((amount) => `${amount} {coinage}`),
  coinage: phrases('euros | quid | dollars | euros | dollars | bucks'),
  coin: phrases('cent | penny | minute | coin'),
  colour: phrases('green | midnight blue | plum | sand | orange | grey | copper | white | red'),
  colourCap: phrases('Green | Blue | Plum | Sand | Orange | Grey | Copper | White | Black'),
  occasion: phrases('wedding | concert | school play | birthday | match | street party | hike'),
  place:
    phrases(`on the train | at the station | downtown | at work | by the river | near the old mill | at the airport | on the bus | at home
    | in the rain | at my parents' place | on the market square | at uni | in the park | across the street | at the harbour`),
  site: phrases(`downtown | by the river | near the old mill | at the airport | at the station | on the market square | across the street
    | at the harbour | in the old post office`),
  newSite: phrases('to the harbour | to Mill Road | across the river | next to the station | to the old post office'),
  when: phrases(`yesterday | this morning | last {weekday} | tonight | on {weekday} | today | just now | last night | this weekend
    | earlier today | over the holidays | at {clock}`),
  opening:
    phrases(`hi all, | long-time reader here, | quick one: | mods, move this if it's in the wrong place. | following up on my post from {weekday}:
    | not sure where to put this, | okay, | new here, | to add to this: | hello everyone, | from my side: | bit late to this, | rant or not, |`),
  company: phrases(`me and my {relative} | just me and the dog | half the street | my {relative} | a thermos of tea | nobody else`),
  relative:
    phrases(`sister | dad | neighbour | flatmate | boss | grandma | best friend | cousin | kid | partner | mum | brother | aunt | wife
    | husband | teammate | uncle | daughter | son | gran`),
  relativePoss: phrases("my sister's | my dad's | my best friend's | my brother's | my mum's | my aunt's | my cousin's | my colleague's"),
  weatherLine: phrases(
    'So quiet. | Fog everywhere. | Cold fingers. | Best start to a {weekday}. | What a view. | Bring boots. | Worth the climb.',
  ),
  link: phrases(`https://www.daily.example/{slug} | https://blog.example/{slug} | https://go.example/{code} | https://wire.example/{slug}
    | https://pics.example/{code}`),
  slug: phrases('{stem}-{stem2} | {stem}-{digit}{digit} | {stem}-{stem2}-{digit}'),
  stem: phrases('update | market | notes | report | story | city | trade | people | weekly | desk'),
  stem2: phrases('morning | facts | review | numbers | spring | plan | figures | explained'),
  code: phrases('{letter}{digit}{letter}{digit} | {letter}{letter}{digit}{digit}{letter} | {digit}{letter}{letter}{letter}'),
  letter: phrases('a | b | d | e | g | h | k | m | n | p | r | s | t | w | x | z'),
};
