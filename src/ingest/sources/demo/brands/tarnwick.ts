import type { BrandProfile } from '../brand-profile.ts';
import { parseGrammar } from '../text-generator.ts';

/** A bank: nobody writes when it works. */
export const tarnwick: BrandProfile = {
  rule: {
    name: 'Tarnwick Bank',
    aliases: ['TarnwickPay', '#tarnwick', '#tarnwickpay', '@tarnwickbank'],
    exclude: ['tarnwick bank nature reserve'],
    timeZone: 'Asia/Kolkata',
  },
  peakTime: 'day',
  share: 12,
  moods: { positive: 22, negative: 40, neutral: 34, mixed: 4 },
  words: parseGrammar(`
    praise: stopped a fraud before I had noticed it | treated my {relative} with real patience | raised the savings rate without being asked | called back within {shortTime}
      | got us our first home | wrote a letter that a human can understand | refunded a fee that was my own fault | still has people who pick up the phone
    blame: blocked my card on holiday | sneaked in another fee | lost my mortgage papers | closed the last branch around here | is down on payday again | kept me on hold for {waiting}
      | turned my {relative} away for the wrong form | sold my number to half the planet | raised the overdraft rate overnight
    fact: changes its rates on {weekday} | closes {count} branches next {span} | reports its quarter at {clock} | adds {count} currencies to its travel card | renews its cards in {month}
      | moves its head office {newSite} | leaves the base rate unchanged | tests a cash machine without buttons
    upside: no hidden fees | the rate is decent | they explained it without jargon | the money was there in {shortTime} | the hotline is human | my {relative} switched as well
      | even the letters are readable
    downside: the hotline is a maze | the fee doubled | nobody could tell me why | I had to prove I exist | transfers take {longTime} | the form has {digit}{digit} pages | my rent bounced
      | they call it a "feature"
    helper: the fraud team | the adviser | Tomas at the branch | the night hotline | the woman at desk four
    matter: card | mortgage | transfer | password | statement | overdraft | standing order | joint account
    handle: @tarnwickbank
    tag: #tarnwickpay | #money | #banking | #tarnwick | #personalfinance
    notice: Maintenance: transfers pause on {weekday} from {clock}. | We never ask for your PIN. How to spot a false call: {link} | Our branch {site} opens on {weekday} only.
      | New fixed-rate offers from {month}: {link} | Online evening on pensions, {weekday} at {clock}. Sign up: {link}
    ambiguous: Geese over Tarnwick Bank nature reserve {when}. {weatherLine} | Volunteers needed at Tarnwick Bank nature reserve on {weekday}.
      | Path through the Tarnwick Bank nature reserve is flooded. | Counted {count} herons at Tarnwick Bank nature reserve, {company}.
  `),
  topics: [
    parseGrammar(`
      thing: phone app | budget view | log-in | spending chart | instant transfer
      did: used the {=thing} | set up the {=thing} for my {relative} | gave the {=thing} one more try
      good: just works | warned me before I overspent | is the clearest I've seen in any bank | took {shortTime} to understand | finally shows where my money goes
        | splits the rent without an argument
      bad: locks me out every {weekday} | shows the wrong balance | loops for ever between two screens | logs me out mid-transfer | wants a new password every single day
        | has been "under maintenance" for {longTime}
      aspect: log-in | search | security code | layout | balance
      ask: Does the {=thing} work on an old tablet? | How do I export a year from the {=thing}? | Is there a dark mode in the {=thing}? | Where is the limit set in the {=thing}?
    `),
    parseGrammar(`
      thing: travel card | credit card | debit card | virtual card | cash machine
      did: paid with the {=thing} {place} | lost the {=thing} | relied on the {=thing} abroad
      good: saved me a fortune in fees | was replaced within a day | worked in every village | gives a rate I can't complain about | was unlocked in {shortTime} at {clock} at night
      bad: was declined in front of everyone | got swallowed by the machine | charges for breathing | was cloned and they shrugged | froze on the first day of our holiday
        | took {longTime} to arrive
      aspect: fee | limit | exchange rate | PIN | contactless bit
      ask: What does the {=thing} charge abroad? | Can you freeze the {=thing} at night? | Does the {=thing} have insurance? | What is the daily limit of the {=thing}?
    `),
    parseGrammar(`
      thing: mortgage | savings account | joint account | student account | personal loan
      did: applied for the {=thing} | opened the {=thing} | asked about the {=thing}
      good: took {shortTime} to open | pays more than anyone else right now | came through a week early | has no small print to fear | is the reason we have a home
      bad: is a trap made of small print | needed {count} appointments and led nowhere | was refused without a reason | pays less than my piggy bank | costs more each {span}
        | has been "in review" for {longTime}
      aspect: interest rate | paperwork | small print | adviser | repayment plan
      ask: What rate do you get on the {=thing}? | Fixed or variable for the {=thing}? | Which papers do they want for the {=thing}? | Can I move the {=thing} to another bank?
    `),
    parseGrammar(`
      thing: hotline | branch | chat bot | fraud desk | service counter
      did: called the {=thing} | waited {waiting} for the {=thing} | explained my {matter} to the {=thing}
      good: solved it in one go | picked up after two rings | was kind when I was in a panic | took its time with my {relative}
      bad: hung up on me | plays the same tune for {waiting} | knows less than I do | keeps answering a question I never asked | closed {shortTime} before closing time | asked for a fax
      aspect: waiting time | music on hold | menu | greeting
      ask: Is the {=thing} open on {weekday}s? | What number gets you past the {=thing}? | Does the {=thing} speak Portuguese?
    `),
  ],
  crises: [
    parseGrammar(`
      event: the payday outage | the outage | the frozen accounts | the vanished salaries
      happened: my salary is gone and nobody picks up | the card was declined with a full trolley | I can't pay my rent | my balance says zero | the wages of my whole team are missing
        | the cash machine kept my card and laughed | my {relative} can't buy medicine | I queued {waiting} outside a locked branch
      wish: my money is back | they pay every late fee | the regulator steps in | they talk to us
      headline: {brand} outage leaves {bigCount} customers without access | {brand} says salaries are delayed by "a technical fault"
        | Regulator demands answers from {brand} after payday failure
      statement: We are aware that payments are delayed. Your money is safe. Updates: {link} | We will refund every fee caused by today's fault. We are sorry.
        | Branches stay open until {clock} for anyone who needs cash.
      tag: #tarnwickdown | #tarnwickpay | #payday
    `),
    parseGrammar(`
      event: the leaked memo | the hidden fees memo | that internal mail | the fee scandal
      happened: the memo calls us "sleeping cows" | they charged my dead {relative} for {longTime} | they hid a fee in {count} million accounts | a manager joked about pensioners in writing
        | I found {count} years of fees I never agreed to | they trained staff to lie to us
      wish: every fee is paid back | the board is gone | every manager is gone | a court has seen that memo
      headline: Leaked memo: {brand} knew that customers paid hidden fees | {brand} shares fall after memo | Consumer group prepares a case against {brand}
      statement: The language in that mail is unacceptable. We are looking into every account. {link} | Customers who were charged wrongly will be repaid in full.
        | Our chair will speak to the press at {clock}.
      tag: #sleepingcows | #tarnwickmemo | #tarnwick
    `),
  ],
  successes: [
    parseGrammar(`
      event: the end of overdraft fees | the no-fee pledge | the fee cut | the farewell to all fees
      happened: they dropped the overdraft fee and paid back last year's | I just got a refund out of the blue | my {relative} checked three times, it's real
        | a bank did something kind, mark the day | I saved {price} with one letter | they did it without any small print
      wish: the others follow | it stays | my old bank is watching | they tell everyone
      headline: {brand} abolishes overdraft fees | {brand} pays back a year of overdraft fees to {bigCount} customers | Consumer group praises {brand} for ending fees
      statement: From today: no overdraft fees, for anybody. And last year's are on their way back to you. | You told us that the fees were unfair. You were right. {link}
        | No catch, no form, no deadline. Promise.
      tag: #nofees | #tarnwick | #tarnwickpay
    `),
    parseGrammar(`
      event: the stopped scam | the saved pensions | the branch clerk who stopped it | the fraud rescue
      happened: a clerk saved my {relative}'s life savings | they froze the transfer with {count} seconds to spare | the young man at the desk walked her home
        | {bigCount} pensioners got every {coin} back | the fraud team worked all weekend | they caught the whole gang
      wish: that clerk gets a raise | every bank trains people like that | she reads all your kind words
      headline: {brand} clerk stops scam, saves pensioners' savings | Police thank {brand} for help against fraud ring | {brand} returns stolen money to {bigCount} customers
      statement: Everyone affected has their money back. We are so proud of our colleague. | Our clerk asks us to say: "Anyone would have done it." We disagree. Thank you!
        | How to protect your parents from such calls: {link}
      tag: #everydayhero | #tarnwick | #goodnews
    `),
  ],
};
