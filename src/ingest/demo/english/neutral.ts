import { type Grammar, phrases } from '../grammar.ts';

/** Questions, plans and observations without a verdict. */
export const neutral: Grammar = {
  say: phrases(`{ask} ({brand}) | {brand} people: {ask} | {ask} asking for my {relative}, who is with {brand} | {brand} question: {ask} | {ask} I mean the one {brand} has
    | first look at the {brand} {=thing} {when}, will report back | comparing {brand} with two others for my {relative}. {ask2}
    | anyone here using the {brand} {=thing}? {ask2} | saw a {brand} ad {place} {when} | on my way to {brand}, back around {clock}
    | {brand} {fact}, apparently | heard that {brand} {fact} | is it true that {brand} {fact}? | my {relative} starts a job at {brand} on {weekday}
    | comparing notes on the {brand} {=thing}. {ask2} | thinking about the {brand} {=thing} or something similar. {ask2}
    | does the {brand} place open on {weekday}s? | who at {brand} do I write to about my {matter}? | reading up on the {brand} {=thing} before {weekday}
    | {count} tabs open about the {=thing} and {brand}. {ask2} | writing a school paper on {brand}. {ask2} | got a survey from {brand} about the {=thing}
    | reading the terms of the {brand} {=thing} {place} | asked {brand} about the {=thing} {when}, waiting to hear
    | what did {brand} use before the {=thing}? | note to self: ask {brand} about the {=aspect} of the {=thing}
    | {brand} {fact}. we'll see | how many of you know the {brand} {=thing}? | the {brand} {=thing} in numbers, from their page: {price}, {count} pages of terms
    | poll: the {brand} {=thing}, yes or no? | dear timeline, {ask} {brand} only`),
  ask2: phrases(`which one do you have? | any numbers? | what should I look at? | is there a list? | details welcome. | links please. | who has both?
    | first-hand reports only. | need it by {weekday}. | what is the difference?`),
  more: phrases(`couldn't find it on the site | it's for my {relative} | no rush | the help page only lists {count} cases
    | will know more on {weekday} | it says {price} on the label | asking because I {did} a while ago | either is fine
    | {ask2} | the {=aspect} is what I care about | saw it {place}`),
  end: phrases(
    'thanks in advance | asking for a friend | DMs open | just curious | tips? | see you there | noted | FYI | anyone? | brb | tbc',
  ),
  short:
    phrases(`first look at the {brand} {=thing} | {brand} {=thing}, part {digit} | a day with the {brand} {=thing} | {brand} or the other one?
    | explaining the {brand} {=thing} to my {relative} | yes or no? the {brand} {=thing} | {brand} {=thing}, a quick tour
    | come with me to {brand} | how the {brand} {=thing} works`),
  reply:
    phrases(`which one is it, the {=thing}? | I asked {brand} about that {when} | {ask} | think it's on their page, {brand} lists the {=thing} | ask {handle}
    | where did you see that? | what did {brand} say? | is that the new {=thing} or the old one? | do you have a link? | since when?`),
  pair: phrases(`{brand} and {other} side by side {site}. Coming or going? | meeting at {brand} at {clock}, then over to {other}
    | {other} or {brand} for my {relative}? {ask2} | same ad agency for {brand} and {other}? | working on a chart of {brand} and {other} since {month}`),
  stop: phrases('. | . | . | . | , | ...'),
  emoji: phrases('🤔 | 👀 | 📦 | 🗓️ | 🙋 | | | 📍 | 📝'),
};

/** How news desks put things. */
export const news: Grammar = {
  say: phrases(`{brand} {fact} | {brand} {fact}, {source} says | {bulletin}: {brand} {fact} | {brand} {fact}, according to {source}
    | {source}: {brand} {fact} | {brand}: what we know about the plan for {month} | Analysts expect {brand} to report on {weekday}
    | {brand} to present figures for the {span} at {clock} | Court hears case between {brand} and a former supplier on {weekday}
    | {brand} shares little changed at {clock} | Interview: {count} questions to the new head of {brand} | {brand} {fact}. {other} made no comment`),
  bulletin: phrases('In brief | Today | Business | Local | At a glance | From the wire | Update | {weekday} briefing'),
  source: phrases(
    'the press office | a spokesperson | the annual report | the {weekday} newsletter | a filing | the trade body',
  ),
};

/** The brand's own account, in public and to customers. */
export const official: Grammar = {
  say: phrases(`{notice} | {notice} | Hi {firstName}, please send us your order number by direct message and we will look into it.
    | Hello {firstName}, the help page has a section on the {=thing}: {link} | Hi {firstName}, our desk is open until {clock} today.
    | Good morning! We answer messages here until {clock}. | {firstName}, thanks for writing. Which {=thing} is it?
    | Answer of the week: {ask} You find it here: {link}`),
};
