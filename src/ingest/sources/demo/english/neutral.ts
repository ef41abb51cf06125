import { type Grammar, phrases } from '../grammar.ts';

/** Questions, plans and observations without a verdict. */
export const neutral: Grammar = {
  say: phrases(`{ask} ({brand}) | {brand} people: {ask} | {ask} asking for my {relative}, who is with {brand} | {brand} question: {ask} | {ask} I mean the one {brand} has
    | first look at the {brand} {=thing} {when}, will report back | comparing {brand} with two others for my {relative}. {ask2}
    | anyone here using the {brand} {=thing}? {ask2} | saw a {brand} ad {place} {when} | wrote to {brand} {when}, they answer until {clock}
    | {brand} {fact}, apparently | heard that {brand} {fact} | is it true that {brand} {fact}? | my {relative} starts a job at {brand} on {weekday}
    | comparing notes on the {brand} {=thing}. {ask2} | thinking about the {brand} {=thing} or something similar. {ask2}
    | does {brand} answer on {weekday}s? | who at {brand} do I write to about my {matter}? | reading up on the {brand} {=thing} before {weekday}
    | {count} tabs open about the {=thing} and {brand}. {ask2} | writing a school paper on {brand}. {ask2} | got a survey from {brand} about the {=thing}
    | reading the terms of the {brand} {=thing} {place} | asked {brand} about the {=thing} {when}, waiting to hear
    | what did {brand} use before the {=thing}? | note to self: ask {brand} about the {=aspect} of the {=thing}
    | {brand} {fact}. we'll see | how many of you know the {brand} {=thing}? | the {brand} {=thing} in numbers, from their page: {price}, {count} pages of terms
    | poll: the {brand} {=thing}, yes or no? | dear timeline. {ask} {brand} only`),
  ask2: phrases(`which one do you have? | any numbers? | what should I look at? | is there a list? | details welcome. | links please. | who has both?
    | first-hand reports only. | need it by {weekday}. | what is the difference?`),
  more: phrases(`couldn't find it on the site | it's for my {relative} | no rush | the help page only lists {count} cases
    | will know more on {weekday} | found two different answers so far | asking because I {did} a while ago | either is fine
    | {ask2} | the {=aspect} is what I care about | saw it {place}`),
  end: phrases(
    'thanks in advance | asking for a friend | DMs open | just curious | tips? | see you there | noted | FYI | anyone? | brb | tbc',
  ),
  short:
    phrases(`first look at the {brand} {=thing} | {brand} {=thing}, part {digit} | a day with the {brand} {=thing} | {brand} or the other one?
    | explaining the {brand} {=thing} to my {relative} | yes or no? the {brand} {=thing} | {brand} {=thing}, a quick tour
    | all about {brand} in a minute | how the {brand} {=thing} works`),
  reply:
    phrases(`which one is it, the {=thing}? | I asked {brand} about that {when} | {ask} | think it's on their page, {brand} lists the {=thing} | ask {handle}
    | where did you see that about {brand}, {firstName}? | what did {brand} say about the {=thing}? | do you mean the {=thing} or something else, {firstName}? | is that the new {=thing} or the old one? | do you have a link for the {=thing}? | since when?`),
  pair: phrases(`ads for {brand} and {other} side by side {site} | letters from {brand} and {other} in the same post {when}
    | gift card from {other} or {brand} for my {relative}? {ask2} | same ad agency for {brand} and {other}? | working on a chart of {brand} and {other} since {month}`),
  stop: phrases('. | . | . | . | , | ...'),
  emoji: phrases('🤔 | 👀 | 📦 | 🗓️ | 🙋 | | | 📍 | 📝'),
};

/** How news desks put things. */
export const news: Grammar = {
  say: phrases(`{brand} {fact} | {brand} {fact}, {source} says | {bulletin}: {brand} {fact} | {brand} {fact}, according to {source}
    | {source}: {brand} {fact} | {bulletin}: what we know about the plan of {brand} for {month} | Analysts expect {brand} to report on {weekday}, {source} says
    | {brand} to present figures for the {span} at {clock} | Court hears case between {brand} and a former supplier {site} on {weekday} | {brand} and {other} speak at the trade fair {site} on {weekday} | {brand} seeks {count} apprentices {site}, {source} says
    | {brand} shares little changed at {clock} | Interview: {count} questions to {firstName} {lastName} of {brand} | {brand} {fact}. {other} made no comment`),
  bulletin: phrases('In brief | Today | Business | Local | At a glance | From the wire | Update | {weekday} briefing'),
  source: phrases('the press office | a spokesperson | the annual report | the {weekday} newsletter | a filing | the trade body'),
};

/** The brand's own account, in public and to customers. */
export const official: Grammar = {
  say: phrases(`{notice} | {notice} | Hi {firstName}, please send us your order number by direct message and we will look into it.
    | Hello {firstName}, the help page has a section on the {=thing}: {link} | Hi {firstName}, our desk is open until {clock} today.
    | Good morning! {firstName} and {firstName} answer messages here until {clock}. | {firstName} is on the desk today until {clock}, ask away. | Hi {firstName}, could you tell us what happened with your {matter}? | Hello {firstName}, we have passed your question about the {=thing} on to the team. | {firstName}, thanks for writing. Which {=thing} is it?
    | Answer of the week: {ask} You find it here: {link}`),
};
