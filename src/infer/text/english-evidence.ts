import { commonWords } from './word-table.ts';

/** What the words of a text say about whether it is English. */
export interface EnglishEvidence {
  /** Words, without numbers and known names. */
  readonly words: number;
  /** Common English words. */
  readonly english: number;
  /** Words that are not, other than names. */
  readonly unknown: number;
  /** The text without known names; a short one also without what looks like a name, if any English word is left. */
  readonly withoutNames: string;
}

/** Common words of other languages that the list of English words has too: its source quotes them. */
const foreign = new Set(
  (
    'una sur pas que pour von mir des das ser mal para dei mit della les fare den gran hay com der bin mas con elle dos mai dir non alt del ' +
    'per las bon par die los col est hat sin war mon ya und ist auf une avec lang var meg ale mar tan sol mann halt hai ana han ein auch nova ' +
    'moi cha wan bei bis til det gut bella serie negro nord grande casa linda rico rica verde santo vale cara domingo buenos amor italia ' +
    'primera notre belle notte hier jour nous vous tout bien ein eine der kein nur nach noch aber'
  ).split(' '),
);
/** Words that are common in English and in other languages, so that they decide nothing. */
const shared = new Set(
  (
    'a i no me do so was on he an is to in as am her man at or by we us ten see met go ha la le el de da du et al ad en un il di se te ' +
    'si su ne ni na mi ma pa ta va far fast come fine name band land hand rat rock art arm super plus app sale data error pole sake bay won son ' +
    'lag bare hell kind gift tag pizza video ok okay lol wow hey hi tv film online total normal internet stop baby mama papa radio hotel ' +
    'taxi bus rt via dm post blog news facebook twitter youtube instagram google online link update tweet festival club photo trailer interview magazine android'
  ).split(' '),
);
const englishWords = new Set(commonWords.split(' ').filter((word) => !foreign.has(word) && !shared.has(word)));

const wordPattern = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
const contractionPattern = /(?:n't|'(?:re|ve|ll))$/;
const possessivePattern = /'[smd]$/;
/** In longer texts, names are outweighed by the other words. */
const maxWordsOfShortText = 8;
/** Endings of words whose stem the list may have. */
const endingPattern = /(?:s|ed|ing|ly|ers?)$/;
const minStemmed = 6;
const capitalPattern = /^\p{Lu}/u;
const lowerWordPattern = /(?<![\p{L}\p{M}'’])\p{Ll}/u;

/** The words of names, in lower case, other than common English ones: those of "The Green Trattoria" are `trattoria`. */
export function wordsOfNames(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => name.toLowerCase().match(wordPattern) ?? []).filter((word) => !isEnglish(word)));
}

/** Weighs the words of a text without handles, links and hashtags. `known` are words of names, as by `wordsOfNames`. */
export function weighEnglish(text: string, known: ReadonlySet<string>): EnglishEvidence {
  const words = text.match(wordPattern) ?? [];
  const hasCapitalizedNames = lowerWordPattern.test(text);
  const kinds = words.map((word) => kindOf(word, known, hasCapitalizedNames));
  // A foreign word within a name belongs to it: Casa del Sol.
  const isNamePart = (at: number): boolean => kinds[at] !== 'english' && kinds[at - 1] === 'name' && kinds[at + 1] === 'name';
  const merged = kinds.map((kind, at): Kind => (isNamePart(at) ? 'name' : kind));
  const count = (wanted: Kind): number => merged.filter((kind) => kind === wanted).length;
  const english = count('english');
  const removed: readonly Kind[] = english === 0 || words.length > maxWordsOfShortText ? ['known name'] : ['known name', 'name'];
  let at = 0;
  const hasRemoved = merged.some((kind) => removed.includes(kind));
  const withoutNames = hasRemoved ? text.replace(wordPattern, (word) => (removed.includes(merged[at++] ?? 'shared') ? ' ' : word)) : text;
  return { words: words.length - count('known name'), english, unknown: count('unknown'), withoutNames };
}

type Kind = 'english' | 'shared' | 'name' | 'known name' | 'unknown';

function kindOf(word: string, known: ReadonlySet<string>, hasCapitalizedNames: boolean): Kind {
  const lower = word.toLowerCase().replaceAll('’', "'");
  if (known.size > 0 && known.has(lower.replace(possessivePattern, ''))) return 'known name';
  if (word === 'I' || lower === "i'm" || lower === "it's" || contractionPattern.test(lower) || isEnglish(lower)) return 'english';
  if (shared.has(lower)) return 'shared';
  return hasCapitalizedNames && capitalPattern.test(word) ? 'name' : 'unknown';
}

function isEnglish(word: string): boolean {
  if (englishWords.has(word)) return true;
  const base = word.replace(possessivePattern, '');
  return englishWords.has(base) || (base.length >= minStemmed && englishWords.has(base.replace(endingPattern, '')));
}
