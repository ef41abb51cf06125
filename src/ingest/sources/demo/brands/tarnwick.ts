import type { BrandVoice } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';
import { tarnwickCrises, tarnwickSuccesses } from './tarnwick-scenarios.ts';

/** A bank: nobody writes when it works. */
export const tarnwick: BrandVoice = {
  rule: {
    name: 'Tarnwick Bank',
    aliases: ['TarnwickPay', '#tarnwick', '#tarnwickpay', '@tarnwickbank'],
    exclude: ['tarnwick bank nature reserve'],
    timeZone: 'Asia/Kolkata',
  },
  habit: 'day',
  share: 12,
  moods: { positive: 22, negative: 40, neutral: 34, mixed: 4 },
  words: {
    praise:
      phrases(`stopped a fraud before I had noticed it | treated my {relative} with real patience | raised the savings rate without being asked
      | called back within {shortTime} | got us our first home | wrote a letter that a human can understand
      | refunded a fee that was my own fault | still has people who pick up the phone`),
    blame: phrases(`blocked my card on holiday | sneaked in another fee | lost my mortgage papers | closed the last branch around here
      | is down on payday again | kept me on hold for {waiting} | turned my {relative} away for the wrong form
      | sold my number to half the planet | raised the overdraft rate overnight`),
    fact: phrases(`changes its rates on {weekday} | closes {count} branches next {span} | reports its quarter at {clock}
      | adds {count} currencies to its travel card | renews its cards in {month} | moves its head office {newSite}
      | leaves the base rate unchanged | tests a cash machine without buttons`),
    upside: phrases(`no hidden fees | the rate is decent | they explained it without jargon | the money was there in {shortTime}
      | the hotline is human | my {relative} switched as well | even the letters are readable`),
    downside: phrases(`the hotline is a maze | the fee doubled | nobody could tell me why | I had to prove I exist
      | transfers take {longTime} | the form has {digit}{digit} pages | my rent bounced | they call it a "feature"`),
    helper: phrases('the fraud team | the adviser | Tomas at the branch | the night hotline | the woman at desk four'),
    matter: phrases('card | mortgage | transfer | password | statement | overdraft | standing order | joint account'),
    handle: ['@tarnwickbank'],
    tag: phrases('#tarnwickpay | #money | #banking | #tarnwick | #personalfinance'),
    notice: phrases(`Maintenance: transfers pause on {weekday} from {clock}. | We never ask for your PIN. How to spot a false call: {link}
      | Our branch {site} opens on {weekday} only. | New fixed-rate offers from {month}: {link}
      | Online evening on pensions, {weekday} at {clock}. Sign up: {link}`),
    trap: phrases(`Geese over Tarnwick Bank nature reserve {when}. {weatherLine} | Volunteers needed at Tarnwick Bank nature reserve on {weekday}.
      | Path through the Tarnwick Bank nature reserve is flooded. | Counted {count} herons at Tarnwick Bank nature reserve, {company}.`),
  },
  topics: [
    {
      thing: phrases('phone app | budget view | log-in | spending chart | instant transfer'),
      did: phrases('used the {=thing} | set up the {=thing} for my {relative} | gave the {=thing} one more try'),
      good: phrases(`just works | warned me before I overspent | is the clearest I've seen in any bank | took {shortTime} to understand
        | finally shows where my money goes | splits the rent without an argument`),
      bad: phrases(`locks me out every {weekday} | shows the wrong balance | loops for ever between two screens | logs me out mid-transfer
        | wants a new password every single day | has been "under maintenance" for {longTime}`),
      aspect: phrases('log-in | search | security code | layout | balance'),
      ask: phrases(`Does the {=thing} work on an old tablet? | How do I export a year from the {=thing}? | Is there a dark mode in the {=thing}?
        | Where is the limit set in the {=thing}?`),
    },
    {
      thing: phrases('travel card | credit card | debit card | virtual card | cash machine'),
      did: phrases('paid with the {=thing} {place} | lost the {=thing} | relied on the {=thing} abroad'),
      good: phrases(`saved me a fortune in fees | was replaced within a day | worked in every village | gives a rate I can't complain about
        | was unlocked in {shortTime} at {clock} at night`),
      bad: phrases(`was declined in front of everyone | got swallowed by the machine | charges for breathing | was cloned and they shrugged
        | froze on the first day of our holiday | took {longTime} to arrive`),
      aspect: phrases('fee | limit | exchange rate | PIN | contactless bit'),
      ask: phrases(`What does the {=thing} charge abroad? | Can you freeze the {=thing} at night? | Does the {=thing} have insurance?
        | What is the daily limit of the {=thing}?`),
    },
    {
      thing: phrases('mortgage | savings account | joint account | student account | personal loan'),
      did: phrases('applied for the {=thing} | opened the {=thing} | asked about the {=thing}'),
      good: phrases(`took {shortTime} to open | pays more than anyone else right now | came through a week early | has no small print to fear
        | is the reason we have a home`),
      bad: phrases(`is a trap made of small print | needed {count} appointments and led nowhere | was refused without a reason
        | pays less than my piggy bank | costs more each {span} | has been "in review" for {longTime}`),
      aspect: phrases('interest rate | paperwork | small print | adviser | repayment plan'),
      ask: phrases(`What rate do you get on the {=thing}? | Fixed or variable for the {=thing}? | Which papers do they want for the {=thing}?
        | Can I move the {=thing} to another bank?`),
    },
    {
      thing: phrases('hotline | branch | chat bot | fraud desk | service counter'),
      did: phrases('called the {=thing} | waited {waiting} for the {=thing} | explained my {matter} to the {=thing}'),
      good: phrases(`solved it in one go | picked up after two rings | was kind when I was in a panic | took its time with my {relative}`),
      bad: phrases(`hung up on me | plays the same tune for {waiting} | knows less than I do | keeps answering a question I never asked
        | closed {shortTime} before closing time | asked for a fax`),
      aspect: phrases('waiting time | music on hold | menu | greeting'),
      ask: phrases(`Is the {=thing} open on {weekday}s? | What number gets you past the {=thing}? | Does the {=thing} speak Portuguese?`),
    },
  ],
  crises: tarnwickCrises,
  successes: tarnwickSuccesses,
};
