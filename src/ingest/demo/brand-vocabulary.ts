import type { Grammar } from './grammar.ts';

export interface Story {
  readonly negative: boolean;
  /** Phrases that posts about the story are made of. */
  readonly phrases: readonly string[];
}

export interface Vocabulary {
  readonly brand: string;
  /** Share of posts that are positive, negative, neutral, mixed on an ordinary day. */
  readonly mood: { readonly positive: number; readonly negative: number; readonly neutral: number; readonly mixed: number };
  /** Share of the brands' posts. */
  readonly share: number;
  readonly words: Grammar;
  readonly stories: readonly Story[];
}

/** What the posts about each demo brand are made of. */
export const vocabularies: readonly Vocabulary[] = [
  {
    brand: 'Velmora',
    mood: { positive: 42, negative: 24, neutral: 28, mixed: 6 },
    share: 26,
    words: {
      product: ['Velmora Nine', 'Nine Mini', 'folding one', 'Velmora watch', 'night camera', 'clear case', 'desk charger'],
      aspect: ['battery', 'screen', 'camera', 'keyboard', 'speaker', 'update', 'night mode', 'price'],
      good: [
        'lasts two days',
        'takes stunning photos',
        'feels incredible in the hand',
        'charges before my tea is ready',
        'runs everything smoothly',
      ],
      good2: ['the camera is a dream', 'it survived my stairs', 'setup took {shortTime}', 'even my {relative} wants one'],
      bad: ['dies by lunch', 'overheats all the time', 'freezes on every call', 'cracked within a week', 'drops the signal constantly'],
      bad2: ['the camera smears everything', 'updates make it slower', 'the repair costs a fortune', 'my {relative} laughed at it'],
      praise: [
        'makes the best phone I have owned',
        'got the {aspect} exactly right',
        'keeps surprising me in a good way',
        'listens to its users',
        'makes the {product} better every year',
      ],
      blame: [
        'bricked my phone with an update',
        'refuses to honour the warranty',
        'broke the {aspect} again',
        'wants a fortune for a {product}',
        'ignores every bug report',
      ],
      fact: [
        'will show the {product} on {weekday}',
        'ships version {count} of its system',
        'opens a shop {place}',
        'names {count} colours for the {product}',
        'moves its office next {span}',
      ],
      issue: ['screen', 'order', 'warranty claim', 'invoice', 'trade-in'],
      handle: ['@velmora'],
      tag: ['#velmora', '#VelmoraNine'],
    },
    stories: [
      {
        negative: true,
        phrases: [
          '{brand} phones catching fire?! Mine is {badWord} hot right now {sadEmoji}',
          'Turn off your {product}, people. {brand} recall, and no word on refunds. {sadEnd}',
          'My {product} melted its charger {when2}. {brand}, this is dangerous and {badWord}.',
          'A recall, and {brand} {blame}. {badWordCap} handling. {sadEnd}',
          'So the {brand} battery recall covers my {product}. {longTime} without a phone, {dismay}. #velmorarecall',
        ],
      },
      {
        negative: false,
        phrases: [
          '{brand} wins camera of the year and deserves it {happyEmoji}',
          'The new {product} launch was {goodWord}. {happyEnd}',
          'Free repairs for life from {brand}?! {delightShort} {happyEmoji}',
          'Standing ovation for the {brand} keynote. The {aspect} is {goodWord}. #velmora',
        ],
      },
    ],
  },
  {
    brand: 'Brunoko',
    mood: { positive: 52, negative: 16, neutral: 26, mixed: 6 },
    share: 20,
    words: {
      product: ['oat flat white', 'cold brew', 'cinnamon bun', 'house roast', 'loyalty app', 'pumpkin thing', 'breakfast roll'],
      aspect: ['foam', 'queue', 'playlist', 'coffee', 'loyalty scheme', 'seating', 'price'],
      good: [
        'tastes like a holiday',
        'gets me through {weekday}',
        'is still warm when I reach work',
        'smells wonderful',
        'is pure comfort',
      ],
      good2: ['they drew a cat on it', 'the bun is fresh', 'the queue moves fast', 'my {relative} is hooked'],
      bad: ['tastes like dishwater', 'is always cold', 'gave me a stomach ache', 'costs twice as much as last year', 'was burnt again'],
      bad2: ['the bun was stale', 'the queue never moves', 'they got my name wrong twice', 'the table was sticky'],
      praise: [
        'makes the best coffee in town',
        'has the friendliest people',
        'opened right beside my office, bliss',
        'pays its growers fairly, love that',
        'saved my {weekday}',
      ],
      blame: [
        'shrank the cups and raised the price',
        'mixed up my order again',
        'has the rudest till in town',
        'closed my favourite branch',
        'lost all my loyalty points',
      ],
      fact: [
        'opens at {clock} on {weekday}',
        'tests {count} new roasts',
        'moves its roastery {place}',
        'has {count} branches {place} now',
        'changes its cups next {span}',
      ],
      issue: ['order', 'loyalty points', 'gift card', 'catering order'],
      handle: ['@brunoko'],
      tag: ['#brunoko', '#coffee'],
    },
    stories: [
      {
        negative: true,
        phrases: [
          'Found out {brand} fired the whole branch by text message. Shameful. {sadEnd}',
          'Boycotting {brand} until the staff get their jobs back. {badWordCap} behaviour {sadEmoji}',
          '{brand} fires people by text and still smiles on the cups. Disgusting.',
          'My barista cried today because of {brand}. {sadEnd} #brunoko',
        ],
      },
      {
        negative: false,
        phrases: [
          '{brand} gives free coffee to every nurse today {happyEmoji}',
          'Crying happy tears at {brand}: {kindness}. Free drinks for nurses! {happyEnd}',
          'This is how you do it, {brand}. {goodWordCap} idea {happyEmoji} #brunoko',
        ],
      },
    ],
  },
  {
    brand: 'Skylarq',
    mood: { positive: 26, negative: 40, neutral: 28, mixed: 6 },
    share: 18,
    words: {
      product: ['night flight', 'check-in app', 'window seat', 'lounge', 'bag drop', 'early boarding', 'veggie meal'],
      aspect: ['legroom', 'crew', 'boarding', 'punctuality', 'luggage handling', 'food', 'fare'],
      good: ['left on the minute', 'had room for my legs', 'made flying fun again', 'was the calmest I ever had', 'got me home early'],
      good2: ['my bag came first', 'the crew sang', 'the food was actually tasty', 'I slept like a baby'],
      bad: ['was cancelled at the gate', 'left {longTime} late', 'lost my suitcase', 'squeezed me into nothing', 'crashed during check-in'],
      bad2: ['nobody told us anything', 'the vouchers do not work', 'my bag is in another country', 'the seat was broken'],
      praise: [
        'has the kindest crew in the sky',
        'got us home through the storm',
        'refunded me within {shortTime}',
        'upgraded my grandma for free',
      ],
      blame: [
        'cancelled my flight again',
        'lost my luggage',
        'left us on the tarmac for {longTime}',
        'charges for water now',
        'overbooked and lied about it',
      ],
      fact: [
        'adds a route on {weekday}',
        'flies to {count} new cities next {span}',
        'moves to gate {count}',
        'orders {count} aircraft',
        'publishes its {weekday} timetable',
      ],
      issue: ['suitcase', 'refund', 'boarding pass', 'seat', 'voucher'],
      handle: ['@flyskylarq'],
      tag: ['#skylarq', '#travel'],
    },
    stories: [
      {
        negative: true,
        phrases: [
          '{brand} systems are down and {count} thousand of us sleep on the floor. {sadEnd}',
          'No staff, no info, no water. {brand} at its worst {sadEmoji}',
          'Day ruined: every {brand} flight cancelled. {badWordCap}. {sadEnd}',
          '{longTime} in a queue for a {brand} hotel voucher that does not exist. Furious. #skylarq',
        ],
      },
      {
        negative: false,
        phrases: [
          '{brand} crew delivered a baby on board {happyEmoji} Heroes!',
          'Everyone clapped. What a crew, {brand}! {happyEnd}',
          'Proud to fly with {brand} today. {goodWordCap} people {happyEmoji}',
        ],
      },
    ],
  },
  {
    brand: 'Tarnwick Bank',
    mood: { positive: 22, negative: 36, neutral: 38, mixed: 4 },
    share: 12,
    words: {
      product: ['TarnwickPay app', 'savings account', 'travel card', 'mortgage calculator', 'joint account', 'budget view'],
      aspect: ['app', 'interest rate', 'fees', 'log-in', 'branch', 'hotline', 'card'],
      good: ['just works', 'saved me a fortune in fees', 'warned me before I overspent', 'took {shortTime} to open'],
      good2: ['the rate is decent', 'no hidden fees', 'the hotline is human', 'my {relative} switched as well'],
      bad: ['locks me out every {weekday}', 'was declined at the till', 'shows the wrong balance', 'charges for breathing'],
      bad2: ['the hotline is a maze', 'the fee doubled', 'transfers take {longTime}', 'the log-in loops'],
      praise: [
        'stopped a fraud before I noticed',
        'has the clearest app',
        'treated my grandma like a queen',
        'raised the savings rate, nice',
      ],
      blame: [
        'blocked my card on holiday',
        'sneaked in another fee',
        'lost my mortgage papers',
        'closed the last branch here',
        'is down on payday',
      ],
      fact: [
        'changes its rate on {weekday}',
        'closes {count} branches next {span}',
        'reports its quarter at {clock}',
        'adds {count} currencies',
        'renews its cards next {span}',
      ],
      issue: ['card', 'mortgage', 'transfer', 'password', 'statement'],
      handle: ['@tarnwickbank'],
      tag: ['#tarnwickpay', '#money'],
    },
    stories: [
      {
        negative: true,
        phrases: [
          '{brand} app down on payday. Cannot pay rent. {badWordCap} {sadEmoji}',
          'My salary vanished from {brand}?! {dismay}. {sadEnd}',
          '{brand} says "we are aware". I am aware too, my card was declined in front of everyone {sadEmoji}',
          'Switching away from {brand} today. Outage number {count}. {sadEnd} #tarnwickpay',
        ],
      },
      {
        negative: false,
        phrases: [
          '{brand} drops all overdraft fees, wow {happyEmoji}',
          'No more fees at {brand}. {delightShort} {happyEnd}',
          'Finally a bank that gets it. {brand}, {goodWord2}! {happyEmoji}',
        ],
      },
    ],
  },
  {
    brand: 'Puddlefit',
    mood: { positive: 50, negative: 18, neutral: 27, mixed: 5 },
    share: 14,
    words: {
      product: ['trail runner', 'rain jacket', 'Puddlefit Zero', 'recycled sole', 'kids boot', 'half-marathon plan'],
      aspect: ['grip', 'fit', 'sole', 'colour', 'delivery', 'sizing', 'waterproofing'],
      good: ['feels like running on clouds', 'kept my feet dry in a storm', 'got me a personal best', 'fits like a glove'],
      good2: ['no blisters at all', 'the colour pops', 'it arrived early', 'my {relative} stole them'],
      bad: ['fell apart after {longTime}', 'leaks like a sieve', 'gave me blisters', 'came in the wrong size'],
      bad2: ['the sole peeled off', 'returns are a maze', 'the colour washed out', 'delivery took {longTime}'],
      praise: ['makes the comfiest shoes ever', 'repaired my old pair for free', 'sponsors our school run, lovely', 'nailed the {aspect}'],
      blame: ['sent the wrong size twice', 'dropped the quality and raised the price', 'will not refund me', 'ruined the {aspect}'],
      fact: [
        'drops {count} colours on {weekday}',
        'starts its run {place} at {clock}',
        'makes the {product} from {count} bottles',
        'opens registration on {weekday}',
      ],
      issue: ['order', 'return', 'left shoe', 'race number'],
      handle: ['@puddlefit'],
      tag: ['#puddlefit', '#running'],
    },
    stories: [
      {
        negative: true,
        phrases: [
          'Leaked memo: {brand} knew the soles were toxic. Disgusting. {sadEnd}',
          'Threw my {brand} pair in the bin. Toxic soles?! {sadEmoji}',
          '{brand} lied to parents about the kids boots. Furious. {sadEnd} #puddlefit',
        ],
      },
      {
        negative: false,
        phrases: [
          'World record in a pair of {brand}! {delightShort} {happyEmoji}',
          'What a race! {brand} shoes win the marathon {happyEmoji} {happyEnd}',
          'Ordering the {product} right now, what a run! #puddlefit {happyEmoji}',
        ],
      },
    ],
  },
  {
    brand: 'Quillbeam',
    mood: { positive: 38, negative: 28, neutral: 28, mixed: 6 },
    share: 10,
    words: {
      product: ['Harbour Lights', 'Quillbeam TV', 'season two', 'download mode', 'family plan', 'quiz night'],
      aspect: ['finale', 'subtitles', 'soundtrack', 'price', 'search', 'cast', 'writing'],
      good: ['had me in tears, the good kind', 'is the best thing on TV', 'streams without a hiccup', 'kept us up until {clock}'],
      good2: ['the cast is perfect', 'the soundtrack is gorgeous', 'my {relative} is hooked as well', 'no ads'],
      bad: ['buffers every two minutes', 'is so boring I fell asleep', 'was cancelled on a cliffhanger', 'logs me out all the time'],
      bad2: ['the subtitles are wrong', 'the price went up again', 'ads everywhere', 'the ending makes no sense'],
      praise: ['renewed my favourite show', 'has the best writers', 'made a masterpiece', 'added subtitles for everything, thanks'],
      blame: ['cancelled my favourite show', 'raised the price again', 'put ads into the paid plan', 'ruined the {aspect}'],
      fact: ['starts {product} on {weekday}', 'adds {count} films next {span}', 'films {place}', 'lists {count} episodes for {product}'],
      issue: ['subscription', 'password', 'bill', 'download'],
      handle: ['@quillbeam'],
      tag: ['#quillbeam', '#HarbourLights'],
    },
    stories: [
      {
        negative: true,
        phrases: [
          '{brand} doubles the price overnight?! Cancelled. {sadEnd}',
          'Bye {brand}. Twice the price for half the shows. {badWordCap} {sadEmoji}',
          'The whole family is angry at {brand} today. Greedy. #quillbeam',
        ],
      },
      {
        negative: false,
        phrases: [
          'THE FINALE. {brand}, what a masterpiece {happyEmoji}',
          'Sobbing. {product} had the perfect ending. Thank you {brand} {happyEmoji}',
          'Give {brand} all the awards. The {aspect} was {goodWord}! #HarbourLights',
        ],
      },
    ],
  },
];
