import type { Story } from '../brand-profile.ts';
import { phrases } from '../grammar.ts';

export const tarnwickCrises: readonly Story[] = [
  {
    event: phrases('the payday outage | the outage | the frozen accounts | the vanished salaries'),
    happened: phrases(`my salary is gone and nobody picks up | the card was declined with a full trolley | I can't pay my rent
      | my balance says zero | the wages of my whole team are missing | the cash machine kept my card and laughed
      | my {relative} can't buy medicine | I queued {waiting} outside a locked branch`),
    wish: phrases('my money is back | they pay every late fee | the regulator steps in | they talk to us'),
    headline: phrases(`{brand} outage leaves {bigCount} customers without access | {brand} says salaries are delayed by "a technical fault"
      | Regulator demands answers from {brand} after payday failure`),
    statement: phrases(`We are aware that payments are delayed. Your money is safe. Updates: {link}
      | We will refund every fee caused by today's fault. We are sorry.
      | Branches stay open until {clock} for anyone who needs cash.`),
    tag: phrases('#tarnwickdown | #tarnwickpay | #payday'),
  },
  {
    event: phrases('the leaked memo | the hidden fees memo | that internal mail | the fee scandal'),
    happened:
      phrases(`the memo calls us "sleeping cows" | they charged my dead {relative} for {longTime} | they hid a fee in {count} million accounts
      | a manager joked about pensioners in writing | I found {count} years of fees I never agreed to | they trained staff to lie to us`),
    wish: phrases('every fee is paid back | the board is gone | every manager is gone | a court has seen that memo'),
    headline: phrases(`Leaked memo: {brand} knew that customers paid hidden fees | {brand} shares fall after memo
      | Consumer group prepares a case against {brand}`),
    statement: phrases(`The language in that mail is unacceptable. We are looking into every account. {link}
      | Customers who were charged wrongly will be repaid in full.
      | Our chair will speak to the press at {clock}.`),
    tag: phrases('#sleepingcows | #tarnwickmemo | #tarnwick'),
  },
];

export const tarnwickSuccesses: readonly Story[] = [
  {
    event: phrases('the end of overdraft fees | the no-fee pledge | the fee cut | the farewell to all fees'),
    happened: phrases(`they dropped the overdraft fee and paid back last year's | I just got a refund out of the blue
      | my {relative} checked three times, it's real | a bank did something kind, mark the day | I saved {price} with one letter
      | they did it without any small print`),
    wish: phrases('the others follow | it stays | my old bank is watching | they tell everyone'),
    headline: phrases(`{brand} abolishes overdraft fees | {brand} pays back a year of overdraft fees to {bigCount} customers
      | Consumer group praises {brand} for ending fees`),
    statement: phrases(`From today: no overdraft fees, for anybody. And last year's are on their way back to you.
      | You told us that the fees were unfair. You were right. {link} | No catch, no form, no deadline. Promise.`),
    tag: phrases('#nofees | #tarnwick | #tarnwickpay'),
  },
  {
    event: phrases('the stopped scam | the saved pensions | the branch clerk who stopped it | the fraud rescue'),
    happened: phrases(`a clerk saved my {relative}'s life savings | they froze the transfer with {count} seconds to spare
      | the young man at the desk walked her home | {bigCount} pensioners got every {coin} back | the fraud team worked all weekend
      | they caught the whole gang`),
    wish: phrases('that clerk gets a raise | every bank trains people like that | she reads all your kind words'),
    headline: phrases(`{brand} clerk stops scam, saves pensioners' savings | Police thank {brand} for help against fraud ring
      | {brand} returns stolen money to {bigCount} customers`),
    statement: phrases(`Everyone affected has their money back. We are so proud of our colleague.
      | Our clerk asks us to say: "Anyone would have done it." We disagree. Thank you!
      | How to protect your parents from such calls: {link}`),
    tag: phrases('#everydayhero | #tarnwick | #goodnews'),
  },
];
