import type { Author } from '../../post.ts';
import { createRandom, mixSeeds, pick, pickWeighted, type Random } from './random.ts';

export type DemoLanguage = 'en' | 'es' | 'de' | 'fr' | 'pt' | 'ja';

export interface Persona {
  readonly author: Author;
  readonly platform: string;
  readonly language: DemoLanguage;
  /** How they write, whatever they say. */
  readonly style: 'plain' | 'lowercase' | 'shouting' | 'elongated' | 'hasty';
}

const crowd = 2_400;
const first = [
  'Ada',
  'Bram',
  'Chidi',
  'Dara',
  'Elif',
  'Femi',
  'Gita',
  'Hugo',
  'Ines',
  'Jori',
  'Kaya',
  'Lior',
  'Mei',
  'Nils',
  'Odile',
  'Petra',
  'Quim',
  'Rosa',
  'Sami',
  'Tova',
  'Uma',
  'Vito',
  'Wren',
  'Xenia',
  'Yuki',
  'Zola',
];
const last = [
  'Amsel',
  'Birk',
  'Corvo',
  'Dunmore',
  'Eklund',
  'Farrow',
  'Gale',
  'Hoshino',
  'Iwu',
  'Jansky',
  'Kestrel',
  'Lund',
  'Morrow',
  'Nakata',
  'Okoye',
  'Pryce',
  'Quist',
  'Rao',
  'Sorel',
  'Tamm',
  'Ulloa',
  'Varga',
  'Winters',
  'Yilmaz',
  'Zeller',
];
const handleEnds = ['', '_', '.reads', 'runs', '_offline', '42', '_on_a_bike', 'bakes', '_at_night', 'writes'];

/** One of the crowd, always the same for the same number. Few are heard by many: followers have a long tail. */
export function personaOf(seed: number, random: Random): Persona {
  // Squaring makes the low numbers, the loud people, write more often.
  const number = Math.floor(random() ** 2 * crowd);
  const own = createRandom(mixSeeds(seed, 77, number));
  const [given, family] = [pick(own, first), pick(own, last)];
  const handle = `${given}${pick(own, ['', '_', '.'])}${family}${pick(own, handleEnds)}`.toLowerCase();
  return {
    author: { id: `u${number}`, handle, name: `${given} ${family}`, followers: Math.floor(20 * (1 / (own() + 0.0004)) ** 1.1) },
    platform: pickWeighted(own, { chirp: 48, forum: 16, photogram: 18, clips: 10, reviews: 8 }),
    language: pickWeighted(own, { en: 82, es: 5, de: 4, fr: 3, pt: 3, ja: 3 }),
    style: pickWeighted(own, { plain: 55, lowercase: 20, shouting: 4, elongated: 8, hasty: 13 }),
  };
}

/** A text as that person would type it. Addresses stay as they are. */
export function inStyle(text: string, style: Persona['style'], random: Random): string {
  if (style === 'lowercase') return text.toLowerCase();
  if (style === 'shouting' && random() < 0.5) return text.replace(/(?<![\w@#/.])[a-z' ]{4,}(?![\w@/])/gi, (words) => words.toUpperCase());
  if (style === 'elongated')
    return text.replace(/\b(so|really|love|nope|why|wow|no)\b/i, (word) => word + (word.at(-1) ?? '').repeat(2 + Math.floor(random() * 4)));
  if (style === 'hasty' && text.length > 40) return swapLetters(text, 5 + Math.floor(random() * 30));
  return text;
}

/** The typo of fast fingers: two letters of one word change places. */
function swapLetters(text: string, at: number): string {
  const [a, b] = [text[at] ?? '', text[at + 1] ?? ''];
  return /[a-z]/.test(a) && /[a-z]/.test(b) ? text.slice(0, at) + b + a + text.slice(at + 2) : text;
}
