import type { Author } from '../../../domain/post.ts';
import type { BrandVoice } from './brand-profile.ts';
import { firstNames, lastNames } from './names.ts';
import { createRandom, mixSeeds, pick, pickWeighted, type Random } from './random.ts';

export type DemoLanguage = 'en' | 'es' | 'de' | 'fr' | 'pt' | 'ja';
export type DemoPlatform = 'chirp' | 'forum' | 'photogram' | 'clips' | 'reviews';

export interface Persona {
  readonly author: Author;
  readonly platform: DemoPlatform;
  readonly language: DemoLanguage;
  /** How they write, whatever they say. */
  readonly style: 'plain' | 'careless' | 'lowercase' | 'shouting' | 'elongated' | 'hasty';
}

const crowd = 2_400;
const handleEnds = ['', '_', '.reads', 'runs', '_offline', '42', '_on_a_bike', 'bakes', '_at_night', 'writes', '88', '.jpg', 'draws'];
const newsDesks = ['Harbour Daily', 'The Wire Desk', 'Metro Ledger', 'Northern Courier', 'Trade Watch', 'Evening Lantern'];

/** One of the crowd, always the same for the same number. Few are heard by many: followers have a long tail. */
export function personaOf(seed: number, random: Random): Persona {
  // Squaring makes the low numbers, the loud people, write more often.
  const number = Math.floor(random() ** 2 * crowd);
  const own = createRandom(mixSeeds(seed, 77, number));
  const [given, family] = [pick(own, firstNames), pick(own, lastNames)];
  const handle = `${given}${pick(own, ['', '_', '.'])}${family}${pick(own, handleEnds)}`.toLowerCase();
  return {
    author: { id: `u${number}`, handle, name: `${given} ${family}`, followers: Math.floor(20 * (1 / (own() + 0.0004)) ** 1.1) },
    platform: pickWeighted(own, { chirp: 48, forum: 16, photogram: 18, clips: 10, reviews: 8 }),
    language: pickWeighted(own, { en: 82, es: 5, de: 4, fr: 3, pt: 3, ja: 3 }),
    style: pickWeighted(own, { plain: 48, careless: 13, lowercase: 17, shouting: 3, elongated: 7, hasty: 12 }),
  };
}

export function newsDesk(random: Random): Persona {
  const name = pick(random, newsDesks);
  const handle = name.toLowerCase().replace(/\W/g, '');
  return {
    author: { id: handle, handle, name, followers: 20_000 + handle.length * 7_310 },
    platform: 'chirp',
    language: 'en',
    style: 'plain',
  };
}

/** The brand's own account. */
export function ownAccount({ rule, words, share }: BrandVoice): Persona {
  const handle = (words['handle']?.[0] ?? rule.name).replace('@', '').toLowerCase();
  return { author: { id: handle, handle, name: rule.name, followers: share * 5_120 }, platform: 'chirp', language: 'en', style: 'plain' };
}
