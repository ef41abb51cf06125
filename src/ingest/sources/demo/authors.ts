import type { Author } from '../../../domain/post.ts';
import { createRandom, mixSeeds, pick, pickWeighted, type Random } from '../../../lib/random.ts';
import type { BrandProfile } from './brand-profile.ts';

export type DemoLanguage = 'en' | 'es' | 'de' | 'fr' | 'pt' | 'ja';
export type DemoPlatform = 'chirp' | 'forum' | 'photogram' | 'clips' | 'reviews';

export interface DemoAuthor {
  readonly account: Author;
  readonly platform: DemoPlatform;
  readonly language: DemoLanguage;
  /** How they write, whatever the topic. */
  readonly style: 'plain' | 'careless' | 'lowercase' | 'shouting' | 'elongated' | 'hasty';
}

const authorCount = 2_400;
const handleSuffixes = ['', '_', '.reads', 'runs', '_offline', '42', '_on_a_bike', 'bakes', '_at_night', 'writes', '88', '.jpg', 'draws'];
const newsAccounts = ['Harbour Daily', 'The Wire Desk', 'Metro Ledger', 'Northern Courier', 'Trade Watch', 'Evening Lantern'];

/** Picks a customer; a number always gives the same one. Follower counts have a long tail. */
export function pickCustomer(seed: number, random: Random): DemoAuthor {
  // Squared, so that authors with a low number write more often.
  const number = Math.floor(random() ** 2 * authorCount);
  const authorRandom = createRandom(mixSeeds(seed, 77, number));
  const [given, family] = [pick(authorRandom, firstNames), pick(authorRandom, lastNames)];
  const handle = `${given}${pick(authorRandom, ['', '_', '.'])}${family}${pick(authorRandom, handleSuffixes)}`.toLowerCase();
  return {
    account: { id: `u${number}`, handle, name: `${given} ${family}`, followers: Math.floor(20 * (1 / (authorRandom() + 0.0004)) ** 1.1) },
    platform: pickWeighted(authorRandom, { chirp: 48, forum: 16, photogram: 18, clips: 10, reviews: 8 }),
    language: pickWeighted(authorRandom, { en: 82, es: 5, de: 4, fr: 3, pt: 3, ja: 3 }),
    style: pickWeighted(authorRandom, { plain: 48, careless: 13, lowercase: 17, shouting: 3, elongated: 7, hasty: 12 }),
  };
}

/** A random news account. */
export function newsAccount(random: Random): DemoAuthor {
  const name = pick(random, newsAccounts);
  const handle = name.toLowerCase().replace(/\W/g, '');
  return {
    account: { id: handle, handle, name, followers: 20_000 + handle.length * 7_310 },
    platform: 'chirp',
    language: 'en',
    style: 'plain',
  };
}

/** The account of the brand itself. */
export function brandAccount({ rule, words, share }: BrandProfile): DemoAuthor {
  const handle = (words['handle']?.[0] ?? rule.name).replace('@', '').toLowerCase();
  return { account: { id: handle, handle, name: rule.name, followers: share * 5_120 }, platform: 'chirp', language: 'en', style: 'plain' };
}

/** Names of invented people; any likeness is coincidental. */
export const firstNames: readonly string[] = (
  'Ada Bram Chidi Dara Elif Femi Gita Hugo Ines Jori Kaya Lior Mei Nils Odile Petra Quim Rosa Sami Tova Uma Vito Wren Xenia Yuki Zola ' +
  'Anouk Bilal Cleo Dmitri Esra Freya Goran Hana Imani Jonas Keiko Lars Marisol Noor Otto Pia Ravi Signe Tariq Ursa'
).split(' ');

export const lastNames: readonly string[] = (
  'Amsel Birk Corvo Dunmore Eklund Farrow Gale Hoshino Iwu Jansky Kestrel Lund Morrow Nakata Okoye Pryce Quist Rao Sorel Tamm Ulloa ' +
  'Varga Winters Yilmaz Zeller Abara Brandt Cortez Dahl Esposito Ferrand Grewal Hale Ito Joubert Kallas Lindqvist Marek Novak Osei ' +
  'Petrov Rossi Sato Thorne Weiss'
).split(' ');
