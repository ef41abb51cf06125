import { type Grammar, phrases } from '../grammar.ts';

/** What people write while a brand is in trouble; the story itself comes from the brand's voice. */
export const crisis: Grammar = {
  say: phrases(`{happened}. {brand}, {outrage} | {happened} and {brand} says nothing | all my timeline talks about is {event}, and {brand} hides. {shame}
    | how does {brand} explain {event}? {happened} | not giving {brand} a single {coin} until {wish} | {shame} {brand}. {happened}
    | {happened}. {happened}. this is on {brand} | boycotting {brand} until {wish}. last straw: {event} | still shaking. {happened}. {brand} {crime}
    | {brand} {crime}. just look at {event} | and then {happened}. {outrage}, {brand} | can't stop thinking about {event}. {brand} {crime}
    | my {relative} just called in tears: {happened}. {brand}!!! | deleted everything from {brand} after {event}. {shame}
    | {brand} had {longTime} to stop {event} and did nothing | {event}: {happened}. I'm {unhappy}, {brand} | so {happened}. and {brand} sends a newsletter. {outrage}
    | I defended {brand} for {span2}. then {happened} | {brand}'s apology for {event} is {awful} | anyone else? {happened} because of {brand}
    | {happened} and the company just shrugs. that is {brand} | {event} in one line: {brand} {crime}
    | RIP {brand}, you had it coming after {event} | oh great, {happened}. five stars, {brand} {eyeroll} | keep sharing {event}, {brand} wants it gone. {shame}
    | we won't forget {event}, {brand} | what a horrible day: {happened}. {brand}, {outrage}`),
  more: phrases(`{shame} | {happened} | {outrage} | I'm {unhappy} | no {coin} from me until {wish} | {brand} {crime} | I hope {wish} | never again | this is dangerous
    | my {relative} is {unhappy} too | how is this legal? | nobody from {brand} answers | resign | it's {awful} | {rude}`),
  crime:
    phrases(`lied to us | knew it all along | put profit before people | treats people like dirt | is hiding | deserves to lose everything
    | broke every promise | doesn't care one bit | makes me sick`),
  outrage:
    phrases(`this is a disgrace | how dare you | you should be ashamed | this is unacceptable | I have no words, only anger | what is wrong with you
    | you lost me for good | I'm disgusted | fix this now`),
  shame: phrases(
    'shame on you | disgusting | horrifying | unforgivable | pathetic | what a scandal | sickening | appalling | heartless',
  ).map((word) => `${word}.`),
  short:
    phrases(`{event}, explained in {digit}0 seconds: {brand} {crime} | {brand} is over | not {event}... {brand} how could you | {happened}. {outrage}
    | POV: {happened} | cancelling {brand} live | {brand} {crime}, part {digit}`),
  title: phrases('Shame | Disgusting | Stay away | Never again after {event} | Lost all trust | They lied'),
  reply:
    phrases(`same, {happened} | it gets worse: {happened} | {brand} {crime}, what did you expect | please share this. {happened} | hope {wish}
    | so sorry about {event}. it's horrible | report {brand}, seriously. {happened}`),
  pair: phrases(
    '{other} handled a mess better than {brand} does {event}. {shame} | and I thought {other} was bad. {brand} {crime} | {other}, please never do what {brand} did. {happened}',
  ),
};
