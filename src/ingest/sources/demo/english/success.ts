import { type Grammar, phrases } from '../grammar.ts';

/** What people write while a brand has its day; the story itself comes from the brand's voice. */
export const success: Grammar = {
  say: phrases(`{happened}! {brand}, {cheer} | {happened}. {brand}, I'm {happy} | best thing on my timeline today: {event}. {cheer}, {brand}
    | crying happy tears over {event}. {brand} {honour} | {happened} and I can't stop smiling. {brand} {honour} | {cheer} {brand}! {happened}
    | my {relative} just called, laughing: {happened}. thank you {brand} | {brand} {honour}. just look at {event} | so {happened}. what a day, {brand}
    | {event}! goosebumps. {brand} {honour} | hope {wish}. {brand} was {great} today | need some good news? {happened}. {cheer} {brand}
    | I never cared about {brand} until {event}. now I'm {happy} | this is how you do it: {happened}. {brand} {honour}
    | {brand}'s {event2} restored my faith in people. {happened} | all the love for {brand} today, {happened} | faith in humanity: up. thank you for {event}, {brand}
    | {happened}! {happened}! best day. {brand} {honour} | everyone {place} is talking about {event}. {cheer} {brand} | give {brand} all the awards for {event}
    | wow {brand}. {happened}. {cheer} | me, a grown adult, sobbing at {event}. {brand} {honour} | proud of {brand} today: {happened}
    | told my {relative} about {event} and now we're both {happy}. {brand}!`),
  event2: phrases('big heart | moment | team | little miracle | brilliant day'),
  more: phrases(`{cheer} | {happened} | I'm {happy} | hope {wish} | {brand} {honour} | so well deserved | thank you, thank you | my {relative} is {happy} too
    | simply {great} | goosebumps | made my {weekday} | best news of the {span} | it was {great} | what people`),
  honour: phrases(`deserves every bit of love | makes the world a better place | just gets it | has the best people | put heart before money
    | earned my respect for life | did something beautiful`),
  cheer:
    phrases(`well done | bravo | congratulations | you absolute heroes | this is wonderful | take a bow | I love you for this | what a moment
    | hats off | you made my year`),
  short:
    phrases(`{event}! {cheer} | {brand} wins the internet today | POV: {happened} | {happened} and I'm not crying, you are | {brand} {honour}, part {digit}
    | replaying {event} for the {digit}th time. {great}`),
  title: phrases('Wonderful | Respect | Heroes | Fan for life after {event} | All my love | Bravo'),
  reply: phrases(
    `yes! {happened} | same here, {happened} | {brand} {honour}, honestly | I cried too. {event}, just {great} | hope {wish} | {cheer} to everyone involved, {brand}`,
  ),
  pair: phrases('your turn, {other}. {brand} shows how: {happened} | {brand} {honour}. {other}, take notes'),
};
