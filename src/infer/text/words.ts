import { commonWords, doubledWords } from './word-table.ts';

// Same as training/text/words.py.

const common = commonWords.split(' ');
const rankOf = new Map(common.map((word, rank) => [word, rank]));
/**
 * Negative log-probability under Zipf's law: the probability of a word is inversely proportional to its rank. Words of one or
 * two letters cost more, because they fit between the parts of any name.
 */
const costOf = new Map(common.map((word, rank) => [word, Math.log((rank + 10) * Math.log(common.length)) + (word.length < 3 ? 1 : 0)]));
/** Cost of a name in the middle of a hashtag: about that of common words of the same length, and a price for starting it. */
const unknownCost = 8;
const unknownLetterCost = 3.2;
const minUnknown = 4;

const hashtagPattern = /(?<![A-Za-z0-9&#])#([A-Za-z][A-Za-z0-9_]{3,100})/g;
const hashtagPartPattern = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;
/** Shorter parts of hashtags are left whole, and longer ones are no words. */
const [minGlued, maxGlued] = [5, 60];

const spacedPattern = /(?<![A-Za-z0-9'._*-])[A-Za-z](?:([ ._*-])[A-Za-z](?:\1[A-Za-z]){1,40})(?![A-Za-z0-9'_*])/g;
/** Of fewer letters between spaces only strong words count, because initials and abbreviations look the same. */
const minSpaced = 4;

const doubled = new Set(doubledWords.split(' '));
const maxDoubledLength = Math.max(...[...doubled].map(({ length }) => length));
const longWordPattern = /[A-Za-z]{4,}/g;
const elongationPattern = /([a-z])\1\1+/g;
/** Only the first elongated letters of a word are tried both single and double. */
const maxElongations = 3;
const punctuationPattern = /[!?]{3,}|\.{4,}/g;

const shortForms = new Map(
  (
    'gr8=great gr8t=great h8=hate h8s=hates h8d=hated h8r=hater h8rs=haters h8ers=haters l8=late l8r=later m8=mate w8=wait ' +
    'w8ing=waiting str8=straight b4=before 2day=today 2nite=tonight 2night=tonight 2moro=tomorrow 2morrow=tomorrow ' +
    '4ever=forever 4eva=forever some1=someone any1=anyone every1=everyone no1=no_one yas=yes yass=yes fck=fuck fkn=fucking ' +
    'fking=fucking fcking=fucking fuk=fuck sht=shit biatch=bitch effing=fucking dayum=damn'
  )
    .split(' ')
    .map((entry): [string, string] => {
      const [short = '', words = ''] = entry.split('=');
      return [short, words.replace('_', ' ')];
    }),
);
const shortFormPattern = /(?<![A-Za-z0-9@#$.'_-])(?:[A-Za-z]{3,6}|(?=[A-Za-z]{0,5}[0-9])[A-Za-z0-9]{2,7})(?![A-Za-z0-9@$'_-])/g;
const censored = (
  'fuck fucking fucked fucker fuckers fucks shit shitty shits shite bullshit bitch bitches bitching ass asshole assholes asses ' +
  'arse arsehole damn damned goddamn crap crappy hell bastard bastards dick dicks dickhead cunt cunts pussy piss pissed wanker ' +
  'wankers bollocks bloody slut whore motherfucker motherfucking dumbass badass cock prick twat sucks suck sucked sucking'
).split(' ');
/** Words that are censored or written in leetspeak most often. */
const strong = new Set([
  ...censored,
  ...(
    'hate hated hates hating bad worst trash garbage useless stupid idiot idiots idiotic dumb lame scam scammer scammers scammed ' +
    'fraud fake liar liars lies thief thieves cheat cheats steal stealing ripoff terrible horrible awful pathetic disgusting gross ' +
    'nasty toxic rude lazy ugly broken fail failed fails kill die death evil angry mad sad love loved loves loving good best great ' +
    'nice awesome amazing beautiful perfect cool epic sick fire sweet happy fun cute sexy hot elite noob noobs leet pro boobs porn ' +
    'sex tits rape racist racism nazi nazis'
  ).split(' '),
]);
/** One of these beside a name is enough to split a hashtag. */
const telling = new Set([...strong, ...'boycott cancel cancelled delete never worst thank thanks sorry wins rules rocks'.split(' ')]);
const minTelling = 4;
const leet = new Map(
  Object.entries({ 0: 'o', 1: 'il', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', 9: 'g', $: 's', '@': 'a', '!': 'i', '+': 't' }),
);
/** Ones that may stand for either letter. */
const maxChoices = 4;
const disguisedPattern =
  /(?<![A-Za-z0-9@$*#%/.'&_-])(?=[A-Za-z0-9@$]{0,20}[0-9@$!*#%])[A-Za-z0-9@$](?:[A-Za-z0-9@$*%#]|[!+](?=[A-Za-z0-9@$*#%])){1,20}(?![A-Za-z0-9_])/g;
const censorPattern = /[*#%]/;
const lettersPattern = /^[a-z]+$/;
const fWordPattern = /(?<![A-Za-z0-9'])[fF](?= (?:off|yourself|yourselves|you(?! [a-z]))(?![A-Za-z0-9]))/g;
const maxLeetRank = 8_000;

/** Splits hashtags into their words, by capitals and by common words: `#ILoveMondays` → `#I Love Mondays`. */
export function splitHashtags(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(hashtagPattern, (_, name: string) => {
    const parts = name.match(hashtagPartPattern) ?? [];
    return `#${parts.flatMap((part) => splitGlued(part) ?? [part]).join(' ')}`;
  });
}

/** The words of a part of a hashtag; undefined if it is one word, or not clearly several. */
function splitGlued(part: string): readonly string[] | undefined {
  const lower = part.toLowerCase();
  if (part.length < minGlued || part.length > maxGlued || rankOf.has(lower)) return undefined;
  const words = segment(lower);
  const known = words.filter((word) => rankOf.has(word));
  if (words.length === 1 || words.length - known.length > 1 || 3 * known.join('').length < part.length) return undefined;
  const isTelling = known.some((word) => telling.has(word) && word.length >= minTelling);
  return isTelling || (known.length > 1 && known.some(({ length }) => length > 2)) ? words : undefined;
}

/** The most probable words of lower-case letters without spaces (Viterbi), names among them. */
function segment(letters: string): readonly string[] {
  const best = [{ cost: 0, start: 0 }];
  for (let end = 1; end <= letters.length; end += 1) {
    let [cost, from] = [Number.POSITIVE_INFINITY, end - 1];
    for (let start = 0; start < end; start += 1) {
      const base = best[start]?.cost ?? 0;
      const known = costOf.get(letters.slice(start, end));
      const total = known !== undefined ? base + known : base + unknownCost + unknownLetterCost * (end - start);
      if ((known !== undefined || end - start >= minUnknown) && total < cost) [cost, from] = [total, start];
    }
    best.push({ cost, start: from });
  }
  const words: string[] = [];
  for (let end = letters.length; end > 0; end = best[end]?.start ?? 0) words.unshift(letters.slice(best[end]?.start ?? 0, end));
  return words;
}

/** Joins letters that spaces, dots or other signs separate, if they give common words: `t.e.r.r.i.b.l.e`, `l o v e`. */
export function joinSpaced(text: string): string {
  return text.replace(spacedPattern, (found, separator: string) => {
    const letters = found.replace(/[^A-Za-z]/g, '').toLowerCase();
    if (letters.length === minSpaced - 1 && separator === ' ' && !strong.has(letters)) return found;
    const words = segment(letters);
    return words.every((word) => rankOf.has(word)) && words.some(({ length }) => length > 2) ? words.join(' ') : found;
  });
}

/**
 * Restores the letters of leetspeak and censored words: `sh1t`, `cr@p`, `a$$`, `f***`, `gr8`. Only words that are common, or
 * that are often disguised, change; model numbers, prices and times stay.
 */
export function revealLetters(text: string): string {
  return text
    .replace(fWordPattern, 'fuck')
    .replace(shortFormPattern, (word) => shortForms.get(word.toLowerCase()) ?? word)
    .replace(disguisedPattern, revealWord);
}

function revealWord(word: string): string {
  const lower = word.toLowerCase();
  if (censorPattern.test(lower)) return uncensor(lower) ?? word;
  const choices = [...lower].map((char) => leet.get(char) ?? char);
  if (choices.filter(({ length }) => length > 1).length > maxChoices) return word;
  const letters = lower.replace(/[^a-z]/g, '').length;
  const replaced = lower.length - letters;
  const hasDigits = /[0-9]/.test(lower);
  const isInner = /^[a-z].*[a-z]$/.test(lower);
  if (replaced === 0 || letters === 0 || !choices.every((choice) => lettersPattern.test(choice))) return word;
  const canBeStrong = !hasDigits || (letters >= replaced && lower.length > 2 && (lower.length > 3 || isInner));
  const canBeCommon = isInner && letters > replaced && lower.length >= (hasDigits ? 4 : 3);
  const isRevealed = (spelling: string): boolean =>
    (canBeStrong && strong.has(spelling)) || (canBeCommon && (rankOf.get(spelling) ?? maxLeetRank) < maxLeetRank);
  return spellingsOf(choices).find(isRevealed) ?? word;
}

const spellingsOf = (choices: readonly string[]): string[] =>
  choices.reduce<string[]>((spellings, choice) => spellings.flatMap((start) => [...choice].map((letter) => start + letter)), ['']);

/** The strong word whose letters a censored spelling shows, such as `sh*t` and `f***`. */
function uncensor(word: string): string | undefined {
  if (!/^[a-z$]/.test(word)) return undefined;
  if (strong.has(word.replace(/[*#%]+$/, ''))) return undefined; // a mark after the word, such as a footnote's
  const shown = [...word].map((char) => (censorPattern.test(char) ? '' : (leet.get(char) ?? char)));
  if (shown.every((choice) => choice === '')) return undefined;
  const isShown = (candidate: string): boolean => shown.every((choice, at) => choice === '' || choice.includes(candidate.charAt(at)));
  return censored.find((candidate) => candidate.length === word.length && isShown(candidate));
}

/** Shortens elongated words ("gooood" → "good") and runs of punctuation. */
export function shortenElongated(text: string): string {
  return text.replace(longWordPattern, shorten).replace(punctuationPattern, (run) => {
    if (run.startsWith('.')) return '...';
    return run.includes('!') && run.includes('?') ? '?!' : run.slice(0, 2);
  });
}

/**
 * Shortens an elongated word: a letter repeated three times or more becomes double if that gives a common word, else single.
 * A word that repeats one letter only, such as III or zzz, is not elongated.
 */
function shorten(word: string): string {
  const found = [...word.toLowerCase().matchAll(elongationPattern)];
  if (found.length === 0 || found[0]?.[0].length === word.length) return word;
  /** Bit i of `doubles`: whether elongation i becomes double. */
  const spell = (doubles: number): string => {
    let text = '';
    let position = 0;
    for (const [order, { 0: run, index }] of found.entries()) {
      text += word.slice(position, index + (order < maxElongations && (doubles >> order) & 1 ? 2 : 1));
      position = index + run.length;
    }
    return text + word.slice(position);
  };
  const single = spell(0);
  const spellings = single.length < maxDoubledLength ? 1 << Math.min(found.length, maxElongations) : 1;
  for (let doubles = 1; doubles < spellings; doubles += 1) if (doubled.has(spell(doubles).toLowerCase())) return spell(doubles);
  return single;
}
