import { mention } from './mentions.ts';

/** What a sentence says about two brands, given as masks. */
export type Comparison =
  /** "Moved from A to B" may be said without a preference: a ranking that `needsFeeling` counts only if the post is not neutral. */
  | { readonly better: string; readonly worse: string; readonly needsFeeling?: boolean }
  /** The clause says how `subject` is, good or bad, and that `other` is the same or the opposite. */
  | { readonly subject: string; readonly other: string; readonly clause: string; readonly isSame: boolean };

const other = '[^\uE000-\uF8FF]';
const first = `(?<first>${mention})`;
const second = `(?<second>${mention})`;
/** Words between the parts of a comparison, without another brand. Bounded, so that matching is linear. */
const gap = (words: number) => `(?:${other}{0,${7 * words}}?)`;

const betterWords =
  'better|nicer|faster|quicker|cheaper|friendlier|cleaner|tastier|smoother|quieter|sharper|kinder|safer|stronger|sturdier|comfier|cozier|cosier|' +
  'fresher|brighter|smarter|easier|funnier|prettier|warmer|healthier|simpler|politer|superior|lovelier|cooler|' +
  'more (?:reliable|comfortable|helpful|polite|honest|fun|useful|enjoyable|beautiful|generous|trustworthy|responsive|durable|stylish|affordable|professional)|' +
  'less (?:annoying|expensive|buggy|confusing|painful|crowded|noisy|rude|greasy|stressful)';
const worseWords =
  'worse|slower|louder|pricier|dearer|ruder|uglier|weaker|dirtier|noisier|clunkier|buggier|flimsier|greasier|blander|duller|cheaper[- ]looking|inferior|stingier|' +
  'more (?:annoying|expensive|buggy|confusing|painful|crowded|noisy|rude|stressful|boring|overpriced)|' +
  'less (?:reliable|comfortable|helpful|polite|honest|fun|useful|enjoyable|generous|trustworthy|responsive|durable|professional)';
const than = `${gap(5)}\\b(?:than|to)\\b${gap(3)}`;

const beats =
  'beats?|beaten|trumps?|out(?:class|shin|shon|perform|last|liv|did|do|play|rank)(?:e|es|s|ed)?|tops|destroys?|crush(?:es)?|smokes|smash(?:es)?|thrash(?:es)?|trounces?|blows? away|surpass(?:es)?|' +
  'eclipses?|wipes? the floor with|runs? (?:rings|circles) (?:a?round)|knocks? spots off|walks? all over|' +
  '(?:is|are|was|were) (?:miles|light ?years|streets|leagues|worlds?|way|far|well|head and shoulders) (?:ahead of|above|beyond)|ahead of|has the edge over|ha(?:s|ve) overtaken|overtook';
const failsAgainst =
  "(?:can(?:'|’)?t|cannot|can not|could(?:n't|n’t| not)|does(?:n't|n’t| not)|do(?:n't|n’t| not)|will never|never) (?:even )?(?:compete with|hold a candle to|compare (?:to|with)|touch|match|" +
  'come (?:anywhere )?(?:close|near)(?: to)?|measure up to|live up to|beat)|has nothing on|have nothing on|(?:is|are) no match for|could never do what|could learn|should learn|could take a leaf|' +
  "pales? (?:in comparison |beside |next to |compared )|falls? short of|(?:is|are) not in the same league as|(?:isn't|aren't|isn’t|aren’t|is not|are not|nowhere near|not) (?:half |nearly |remotely |even close to )?as \\w+ as|wishes it (?:was|were)";
const prefers = "prefer|prefers|preferred|choose|chose|pick|picked|take|took|recommend|'d (?:go for|go with|have)|give me|stick with|trust";
const over = '(?:over|rather than|instead of|before|not)';

/** Patterns of a sentence. `first` and `second` are the brands in the order of the text. */
const rhetorical = '(?:why|who|what kind of person)\\b[^?]{0,12}\\b(?:would|does|do|did|will|in their right mind)';
const ranked: readonly { readonly pattern: RegExp; readonly better: 'first' | 'second' }[] = [
  {
    pattern: build(
      `\\b${rhetorical}\\b${gap(4)}\\b(?:${prefers}|use|buy|want|pay for)\\b${gap(2)}${first}${gap(4)}\\b(?:${over}|when)\\b${gap(6)}${second}`,
    ),
    better: 'second',
  },
  { pattern: build(`\\bwho needs\\b${gap(2)}${first}${gap(2)}\\bwhen\\b${gap(4)}${second}`), better: 'second' },
  { pattern: build(`\\bwish(?:es)?\\b${gap(3)}${first}${gap(6)}\\b(?:like|as \\w+ as)\\b${gap(2)}${second}`), better: 'second' },
  {
    pattern: build(
      `\\bshould(?:['’]ve| have)\\b${gap(4)}${first}${gap(3)}\\b(?:instead of|over|rather than|and not|not)\\b${gap(2)}${second}`,
    ),
    better: 'first',
  },
  {
    pattern: build(`\\b(?:trust|like|love|enjoy|want|value)s?\\b${gap(3)}${first}${gap(3)}\\bmore than\\b${gap(2)}${second}`),
    better: 'first',
  },
  {
    pattern: build(
      `${first}${gap(3)}\\b(?:charges?|costs?|asks?|takes?)\\b${gap(2)}\\b(?:double|twice|triple|three times)\\b${gap(4)}${second}`,
    ),
    better: 'second',
  },
  { pattern: build(`${first}${gap(7)}\\b(?:${betterWords})\\b${than}${second}`), better: 'first' },
  { pattern: build(`${first}${gap(7)}\\b(?:${worseWords})\\b${than}${second}`), better: 'second' },
  { pattern: build(`\\b(?:${betterWords})\\b${gap(3)}${first}${gap(5)}\\bthan\\b${gap(4)}${second}`), better: 'first' },
  { pattern: build(`\\b(?:${worseWords})\\b${gap(3)}${first}${gap(5)}\\bthan\\b${gap(4)}${second}`), better: 'second' },
  {
    pattern: build(
      `${first}${gap(7)}\\b(?:twice|three times|ten times|a hundred times) as (?:good|nice|fast|quick|long|reliable|comfy|comfortable|tasty|helpful|fun)\\b${gap(2)}\\bas\\b${gap(3)}${second}`,
    ),
    better: 'first',
  },
  { pattern: build(`${first}${gap(4)}\\b(?:${beats})\\b${gap(6)}${second}`), better: 'first' },
  {
    pattern: build(
      `${first}${gap(3)}\\b(?:leaves?|left|puts?|makes?)\\b${gap(3)}${second}${gap(5)}\\b(?:dust|behind|shame|look (?:like|bad|old|silly|cheap|slow|amateur|tired)|seem)\\b`,
    ),
    better: 'first',
  },
  { pattern: build(`${first}${gap(5)}(?:${failsAgainst})\\b${gap(7)}${second}`), better: 'second' },
  { pattern: build(`\\bprefer(?:s|red)?\\b${gap(3)}${first}${gap(4)}\\bto\\b${gap(3)}${second}`), better: 'first' },
  { pattern: build(`\\b(?:${prefers})\\b${gap(3)}${first}${gap(4)}\\b${over}\\b${gap(3)}${second}`), better: 'first' },
  {
    pattern: build(`${first}(?:['’]s)?\\s+over\\s+${gap(1)}${second}${gap(3)}\\b(?:any ?day|every time|always|all day|anytime)\\b`),
    better: 'first',
  },
  { pattern: build(`${first}\\s*>+\\s*${second}`), better: 'first' },
  { pattern: build(`${first}\\s*<+\\s*${second}`), better: 'second' },
  {
    pattern: build(
      `${first}${gap(8)}\\b(?:what|everything|mess|damage|problems?|job)\\b${gap(2)}${second}${gap(2)}\\b(?:broke|made|caused|left|ruined|messed|lost|botched|couldn['’]?t|could not)\\b`,
    ),
    better: 'first',
  },
  { pattern: build(`${first}${gap(3)}\\b(?:won|wins)\\b${gap(8)}${second}${gap(2)}\\b(?:lost|loses)\\b`), better: 'first' },
];

const contrastWords = '(?:unlike|as opposed to|in contrast to|contrary to|compared (?:to|with)|not like)';
const nounAfterBrand = "(?:['’]s)?(?:\\s+[\\p{L}\\p{N}]+){0,2}\\s*";
const clauseAboutFirst = `^(?<clause>${gap(8)}${first}${gap(16)})`;
const refuses =
  "(?:never|did(?:n['’]?t| not)|does(?:n['’]?t| not)|ca(?:n['’]?t|nnot)|could(?:n['’]?t| not)|would(?:n['’]?t| not)|failed|has yet)";
/** "Y did not", without a verb of its own. */
const denial = "(?:has|have|had|did|does|do|was|is|are|were|will|would|can|could)(?:n['’]?t| not|not)";
const sameSaid =
  "(?:can(?:['’]?t|not) say the same (?:of|for|about)|(?:wish|if only) (?:i|we) could say (?:the same|that) (?:of|for|about)|the same can(?:['’]?t|not) be said (?:of|for|about)|" +
  '(?:which|that) is more than (?:can be said|(?:i|we) can say) (?:of|for|about)|more than (?:can be said|(?:i|we) can say) (?:of|for|about))';
/**
 * "Unlike Y, X …", "X …, unlike Y", "X …, so is Y": the `clause` is about X. A clause about Y itself ("unlike Y, who never …") is one of
 * its own.
 */
const related: readonly { readonly pattern: RegExp; readonly subject: 'first' | 'second'; readonly isSame?: true }[] = [
  {
    pattern: build(
      `^${gap(3)}\\b${contrastWords}\\s+${gap(2)}${first}${nounAfterBrand},(?!\\s*(?:who|which|where|that|whose)\\b)(?<clause>${gap(4)}${second}.*)`,
    ),
    subject: 'second',
  },
  {
    pattern: build(`${clauseAboutFirst}\\b${contrastWords}\\s+${gap(2)}${second}${nounAfterBrand}(?:[.!?…]*$|,|at all)`),
    subject: 'first',
  },
  { pattern: build(`${clauseAboutFirst}[,;.!?…]+\\s*${second},? not (?:so much|at all|really)`), subject: 'first' },
  {
    pattern: build(`${clauseAboutFirst}\\b(?:but|and) (?:definitely |certainly |sadly )?not\\s+${gap(1)}${second}\\s*[.!?…]*$`),
    subject: 'first',
  },
  { pattern: build(`${clauseAboutFirst}[,;.!?…]+\\s*(?:but |and )?${second} ${denial}\\s*[.!?…]*$`), subject: 'first' },
  { pattern: build(`${clauseAboutFirst}\\b(?:(?:but |and )?(?:i|we) )?${sameSaid}\\s+${gap(2)}${second}`), subject: 'first' },
  {
    pattern: build(`${clauseAboutFirst}[,;]\\s*(?:something|a thing|which)\\b${gap(2)}${second}${gap(1)}\\b${refuses}\\b`),
    subject: 'first',
  },
  {
    pattern: build(
      `${clauseAboutFirst}[,;.!?…]+\\s*(?:and |but |while )?${gap(1)}${second}(?:['’]s)? (?:is|was) (?:(?:quite |exactly )?the (?:exact |very )?(?:opposite|reverse|contrary)|(?:quite )?(?:another|a different) story)`,
    ),
    subject: 'first',
  },
  {
    pattern: build(
      `${clauseAboutFirst}\\b(?:so (?:is|are|was|were|does|did|has|have)|as (?:is|are|was|were|does|did)|neither (?:is|does|did|was)|nor (?:is|does|did|was)|(?:the )?same (?:goes )?(?:for|with|at)|ditto|likewise)\\s+${gap(2)}${second}`,
    ),
    subject: 'first',
    isSame: true,
  },
];
/** "X instead of Y", where no word of choice ranks them. */
const insteadOf = build(`${clauseAboutFirst}\\b(?:instead of|rather than)\\s+${gap(2)}${second}`);
/** A sentence that compares another brand with the sentence before it. */
const fragmentStart = new RegExp(
  `^(?:(?:i |we )?(?:${sameSaid}|unlike|not like|as opposed to|same (?:goes )?(?:for|with)|ditto|likewise)\\b|(?:but |and )?${mention}(?:['’]s)? (?:is|was) (?:quite |exactly )?(?:the (?:exact |very )?(?:opposite|reverse)|another story|a different story)|(?:but |and )?${mention} ${denial}\\s*(?:[.!?…]|$)|${mention},? not (?:so much|at all|really))`,
  'iu',
);

/** The masked sentences, with such fragments as parts of the sentences before them. */
export function joinFragments(sentences: readonly string[]): string[] {
  const joined: string[] = [];
  for (const sentence of sentences) {
    const last = joined.at(-1);
    if (last !== undefined && fragmentStart.test(sentence)) joined[joined.length - 1] = `${last} ${sentence}`;
    else joined.push(sentence);
  }
  return joined;
}

const moves =
  '(?:switch(?:ed|ing)?|mov(?:e|ed|ing)|went|chang(?:ed|ing)|migrat(?:ed|ing)|defected|jumped|upgrad(?:ed|ing)|downgrad(?:ed|ing)|came over|coming|came)';
const drops =
  '(?:left|leav(?:e|ing)|ditch(?:ed|ing)?|dump(?:ed|ing)?|dropp?(?:ed|ing)?|quit(?:ting)?|cancel(?:l?ed|l?ing)?|delet(?:ed|ing)|uninstall(?:ed|ing)|binned|closed|swapp?(?:ed|ing)?|' +
  'trad(?:ed|ing)(?: in)?|replac(?:ed|ing)|exchang(?:ed|ing)|sold|port(?:ed|ing)|abandon(?:ed|ing)|done with|bye|goodbye|farewell|so long|through with|sick of|fed up with|finished with)';
const switched: readonly { readonly pattern: RegExp; readonly from: 'first' | 'second'; readonly isReturn?: true }[] = [
  { pattern: build(`\\b${moves}\\b${gap(4)}\\bfrom\\s+${gap(2)}${first}${gap(3)}\\bto\\s+${gap(2)}${second}`), from: 'first' },
  { pattern: build(`${first}\\s*(?:→|->|-->|=>|➡️?)\\s*${second}`), from: 'first' },
  { pattern: build(`\\b${moves}\\b${gap(4)}\\bto\\s+${gap(2)}${first}${gap(4)}\\bfrom\\s+${gap(2)}${second}`), from: 'second' },
  {
    pattern: build(
      `\\b${drops}\\b${gap(4)}${first}${gap(4)}\\b(?:for|with|(?<!only )to|into|and (?:got|bought|joined|went))\\s+${gap(3)}${second}`,
    ),
    from: 'first',
  },
  {
    pattern: build(
      `\\b${drops}\\b${gap(4)}${first}${gap(5)}\\b(?:hello|hi|welcome|installed|joined|signed up|picked up|took|taking|moved|moving|off)\\b${gap(5)}${second}`,
    ),
    from: 'first',
  },
  {
    pattern: build(`(?<!never )\\b(?:going|go|went|gone|running|came|coming) back to\\s+${gap(2)}${first}${gap(8)}${second}`),
    from: 'second',
    isReturn: true,
  },
  {
    pattern: build(
      `\\bafter\\b${gap(6)}\\b(?:of|with|at|on|in)\\s+${gap(3)}${first}${gap(6)}\\b(?:tried|moved|switched|joined|went|changed|got|bought|came)\\b${gap(3)}${second}`,
    ),
    from: 'first',
  },
  { pattern: build(`\\bused to\\b${gap(4)}${first}${gap(4)}\\bnow\\b${gap(4)}${second}`), from: 'first' },
  {
    pattern: build(
      `${first}${gap(10)}\\b(?:i|we)(?:['’]m|['’]re| am| are)? (?:off|moving|switching|going over|taking my (?:business|money)) to\\s+${gap(2)}${second}`,
    ),
    from: 'first',
  },
];
/** Words of parting that no neutral writer uses. */
const parting =
  /\b(?:ditch|dump|binned|bye|goodbye|farewell|so long|done with|through with|sick of|fed up|upgrad|finally|never (?:going|looking|looked|went) back)/iu;
/** The change was for the worse. */
const regret =
  /\b(?:regret\w*|mistake|big mistake|should(?:n't|n’t| not| never) have|wish (?:i|we) had(?:n't|n’t| not| never)|never should have|downgrad\w+|worst decision|want to go back|furious|sorry (?:i|we) did)\b/iu;
/** "From A to B" of people and things other than the writer as a customer. */
const plainMove =
  /\b(?:files?|data|numbers?|money|contract|as (?:head|director|chief)|to become|bus|train|flight|drive|walk|route|line)\b/iu;

/** A question, unless it presupposes its answer, and a result of a match rank nothing. */
const ranksNothing = /^\W*(?:is|are|was|were|do|does|did|which|who|what|has|have|can|anyone|should|or)\b[^?]*\?|\d+\s*[-–:]\s*\d+/iu;
const negatedComparison =
  /\b(?:not|isn't|isn’t|aren't|aren’t|no|never|wasn't|wasn’t|hardly)\s+(?:any |much |really )?(?:better|faster|nicer|worse)\b/iu;

/** The first comparison in a masked sentence. `context` is the masked post, which may say how a change turned out. */
export function findComparison(sentence: string, context: string): Comparison | undefined {
  if (ranksNothing.test(sentence)) return undefined;
  for (const { pattern, from, isReturn } of switched) {
    const brands = brandsIn(pattern, sentence);
    if (!brands) continue;
    const forWorse = !isReturn && regret.test(context);
    const [old, current] = from === 'first' ? brands : [brands[1], brands[0]];
    if (plainMove.test(sentence) && !forWorse) return undefined;
    return { better: forWorse ? old : current, worse: forWorse ? current : old, needsFeeling: !forWorse && !parting.test(sentence) };
  }
  for (const { pattern, subject, isSame = false } of related) {
    const brands = brandsIn(pattern, sentence);
    if (!brands) continue;
    const clause = pattern.exec(sentence)?.groups?.['clause'] ?? '';
    return { subject: subject === 'first' ? brands[0] : brands[1], other: subject === 'first' ? brands[1] : brands[0], clause, isSame };
  }
  if (negatedComparison.test(sentence)) return undefined;
  for (const { pattern, better } of ranked) {
    const brands = brandsIn(pattern, sentence);
    if (brands) return { better: better === 'first' ? brands[0] : brands[1], worse: better === 'first' ? brands[1] : brands[0] };
  }
  const brands = brandsIn(insteadOf, sentence);
  return brands && { subject: brands[0], other: brands[1], clause: insteadOf.exec(sentence)?.groups?.['clause'] ?? '', isSame: false };
}

function build(source: string): RegExp {
  return new RegExp(source, 'iu');
}

/** The masks of both sides: more than one where brands are coordinated ("better than B and C"). */
function brandsIn(pattern: RegExp, sentence: string): [string, string] | undefined {
  const found = pattern.exec(sentence);
  const { first, second } = found?.groups ?? {};
  if (!found || !first || !second || first === second) return undefined;
  const [before = ''] = /(?:[\uE000-\uF8FF](?:,| and| or| &|\s|\+)*)+$/u.exec(sentence.slice(0, sentence.indexOf(first))) ?? [];
  const [after = ''] = /^(?:(?:,| and| or| &|\s|\+)*[\uE000-\uF8FF])+/u.exec(sentence.slice(sentence.lastIndexOf(second) + 1)) ?? [];
  return [before + first, second + after];
}
