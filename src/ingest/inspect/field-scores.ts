import type { MappedField } from '../mapping/compile-mapping.ts';
import type { Leaf } from './leaves.ts';
import { type NameParts, splitName } from './name-parts.ts';
import { describeValues, type ValueKinds } from './value-kinds.ts';

/** A leaf with what its name and its values say. */
export interface Candidate {
  readonly leaf: Leaf;
  readonly name: NameParts;
  readonly values: ValueKinds;
}

export const toCandidate = (leaf: Leaf): Candidate => ({ leaf, name: splitName(leaf), values: describeValues(leaf) });

/** How well a name fits a field: the score of the first pattern that matches it; 0 if none does. */
type NameScores = readonly (readonly [pattern: RegExp, score: number])[];

interface FieldRule {
  readonly names: NameScores;
  /** Matched without the words for a person, and only by leaves about one. Without it, leaves about a person do not count. */
  readonly isPersonal?: true;
  /** Between 0 (the values rule the field out) and 1. */
  readonly values: (values: ValueKinds, name: NameParts) => number;
}

const posts =
  '(?:post|comment|message|msg|tweet|status|review|item|entry|doc|document|record|article|activity|note|feedback|mention|content|reply|response|answer|opinion|submission|ticket|recommendation|testimonial|complaint|question)';
const pattern = (source: string): RegExp => new RegExp(`^(?:${source})$`);
const atLeast = (share: number, minimum: number): number => (share >= minimum ? 1 : 0);
const count = ({ whole }: ValueKinds): number => atLeast(whole, 0.8);
/** Prefixes and suffixes of counts: like_count, num_likes, total_likes, likes_total, n_likes. */
const counted = (words: string): RegExp =>
  pattern(`(?:(?:num|number_of|aggregated_total|total|n|nb|count_of|count)_)?(?:${words})(?:_(?:count|total|num|cnt|amount|value))?`);
const notClock =
  '(?!.*(?:fetch|crawl|scrape|collect|index|ingest|process|import|receiv|expir|join|regist|birth|schedul|load|sync|seen|start|end))';

/** What is left of `author`, `posted_by` or `created.by` without the word for a person. */
const written = /^(?:posted|written|created|submitted|sent)?$/;

/** A field that a mapping can be proposed for. Other IDs of a post cannot be told from IDs of other posts. */
export type ProposedField = Exclude<MappedField, 'otherIds'>;

const fieldRules: Readonly<Record<ProposedField, FieldRule>> = {
  text: {
    names: [
      [pattern('(?:full_|self|raw_|original_|plain_)?text(?:_original|_plain|_raw|_full|_content)?'), 1],
      [
        pattern(`(?:${posts}_)?(?:body|text|content|message|comment|review)(?:_(?:text|body|content|plain|raw|rendered|html|value))?`),
        0.95,
      ],
      [pattern('msg|tweet|caption|feedback|verbatim|opinion|remarks?|selftext|note|answer|contents?_\\w+|body_\\w+'), 0.85],
      [pattern('description|post|status|snippet|excerpt|summary|abstract|markdown|html|title_and_text|statement'), 0.7],
      [pattern('title|subject|headline|heading|pros|cons|question'), 0.45],
    ],
    values: ({ prose, meanLength, markup, url, distinct }) =>
      url > 0.5 || prose < 0.2 ? 0 : prose * 0.5 + Math.min(1, Math.log2(1 + meanLength) / 8) * 0.3 + distinct * 0.2 - markup * 0.1,
  },
  id: {
    names: [
      [pattern('_?id|id_str|uid|uuid|guid|object_id|oid|pk|[mprt]id'), 1],
      [pattern('uri|urn'), 0.97],
      [pattern('cid'), 0.95],
      [
        new RegExp(
          `^(?!.*(?:parent|repl|root|quote|related|original|thread|last|next|prev|target))(?:\\w+_)?${posts}_?(?:id|uid|uuid|guid|key|no|number|nr|ref)(?:_str)?$`,
        ),
        0.95,
      ],
      [pattern('key|ref|reference|external_id|native_id|source_id|number|nr|no|hash|rkey|name|slug'), 0.5],
      [/(?:id|uuid|guid)$/, 0.3],
    ],
    values: ({ idLike, distinct }) => (idLike < 0.95 ? 0 : distinct >= 0.9 ? 1 : distinct >= 0.4 ? 0.7 : 0.2),
  },
  createdAt: {
    names: [
      [new RegExp(`${notClock}(?=.*(?:created|publish|posted|submitted|written|creation|sent))`), 1],
      [
        pattern(
          `(?:${posts}_)?(?:date|time|timestamp|ts|datetime|date_time|when|at|published|pub_date|utc)(?:_(?:utc|ms|us|unix|iso|epoch|sec|seconds|millis|time|at))?`,
        ),
        0.85,
      ],
      [pattern('(?:started|opened)(?:_(?:at|on))?'), 0.6],
      [new RegExp(`${notClock}(?:.*_)?(?:date|time|timestamp|ts|at|on)(?:_(?:utc|gmt|ms|unix|iso))?$`), 0.5],
    ],
    // A date that is the same in all messages is that of something else, such as the thread or the subscription.
    values: ({ date, distinctCount, count: present }, { name, context }) =>
      /updat|edit|modif|chang|delet|remov|revis|last/.test(name) ||
      /^(?:updat|edit|modif|chang|delet|remov|revis)/.test(context.at(-1) ?? '')
        ? 0
        : atLeast(date, 0.9) * (distinctCount === 1 && present > 2 ? 0.4 : 1),
  },
  updatedAt: {
    names: [
      [/^(?:last_)?(?:updat|edit|modif|chang|revis)|(?:^|_)(?:updated|edited|modified|changed|revised)(?:_|$)/, 1],
      [pattern('date|time|timestamp|ts|at|on|when'), 0.8],
    ],
    // `edited.date` as well as `edited_date`.
    values: ({ date, flag }, { name, context }) =>
      date >= 0.4 && date + flag >= 0.9 && /updat|edit|modif|chang|revis/.test(`${context.at(-1)}_${name}`) ? 1 : 0,
  },
  deleted: {
    names: [
      [pattern('(?:is_|was_)?deleted(?:_(?:at|on|date|time|flag))?|deletion_(?:date|time)'), 1],
      [pattern('(?:is_|was_)?(?:removed|tombstone|retracted|withdrawn)(?:_(?:at|on|date|time|flag))?|removal_(?:date|time)'), 0.9],
    ],
    values: ({ flag, date }) => atLeast(flag + date, 0.9),
  },
  rating: {
    names: [
      [pattern('(?:star_?)?ratings?(?:_(?:value|score))?|stars?(?:_(?:count|rating|given))?|num_stars|overall(?:_rating)?'), 1],
      [pattern('score|grade|rate|note|points'), 0.6],
    ],
    // A few low scores may be votes.
    values: ({ stars, count: present }) => (stars < 1 ? 0 : present >= 5 ? 1 : 0.7),
  },
  likes: {
    names: [
      [counted('likes?|favs?|favou?rites?|upvotes?|hearts?|thumbs_?ups?|votes?_up|ups|claps?|plus_ones?|helpful(?:_votes?)?|kudos'), 1],
      [pattern('reactions_total(?:_count)?'), 0.9],
      [counted('reactions?|votes?|points|score|karma|agrees?'), 0.65],
      [/(?:^|_)(?:likes?|favou?rites?|upvotes?|helpful|thumbs_up)(?:_|$)/, 0.6],
    ],
    values: (values, { name }) =>
      /(?:^|_)(?:down|downs|dislikes?|downvotes?|has|is|my|user|max|avg)(?:_|$)/.test(name) ? 0 : count(values),
  },
  reposts: {
    names: [
      [counted('reposts?|retweets?|shares?|shared|reblogs?|boosts?|forwards?|reshares?'), 1],
      [/(?:^|_)(?:reposts?|retweets?|reblogs?|reshares?)(?:_(?:count|total))?$/, 0.6],
    ],
    values: count,
  },
  replies: {
    names: [
      [counted('repl(?:y|ies)|comments?|answers?|responses?'), 1],
      [counted('child|children|descendants?'), 0.8],
      [/(?:^|_)repl(?:y_count|ies(?:_(?:count|total))?)$/, 0.6],
    ],
    values: count,
  },
  authorFollowers: {
    names: [
      [counted('followers?|subscribers?|fans?|followed_by|audience'), 1],
      [/(?:^|_)(?:followers?|subscribers?)(?:_(?:count|total))?$/, 0.8],
    ],
    values: count,
  },
  authorId: {
    isPersonal: true,
    names: [
      [pattern('_?id|id_str|uid|uuid|guid|pk|key'), 1],
      [written, 0.9],
      [pattern('urn|uri|ref|number|no|did|\\w+id'), 0.6],
    ],
    // The account that receives the posts is the same in all of them. A bare `author` may be a name as well.
    values: ({ idLike, distinct, opaque }, name) =>
      written.test(name.personalName) && opaque < 0.9
        ? 0
        : atLeast(idLike, 0.95) * (0.6 + 0.4 * distinct) * (isVaguelyPersonal(name) ? 0.8 : 1),
  },
  authorHandle: {
    isPersonal: true,
    names: [
      [pattern('username|user_name|handle|screen_name|login|nick|nickname|nick_name|acct|alias|slug'), 1],
      [written, 0.9],
      [pattern('name'), 0.7],
    ],
    values: ({ word, text, lang, opaque }) => (text < 1 || lang === 1 || opaque > 0.5 ? 0 : word >= 0.6 ? 1 : 0),
  },
  authorName: {
    isPersonal: true,
    names: [
      [pattern('(?:display|full|real|screen|public|global)?_?name|title|label'), 1],
      [pattern('(?:posted|written|created|submitted|sent)?|nickname|first_name'), 0.7],
    ],
    // A name with digits is rather that of a program.
    values: ({ text, url, opaque, coded, word }) => (text < 1 || url > 0 || opaque > 0.5 || (coded > 0.8 && word < 0.5) ? 0 : 1),
  },
  lang: {
    names: [
      [pattern('(?:iso_|detected_|content_|post_|text_)?lang(?:uage)?(?:_?(?:code|id|iso|tag|iso639))?(?:_0)?|langs|languages'), 1],
      [pattern('(?:\\w+_)?locale'), 0.8],
    ],
    values: ({ lang }) => atLeast(lang, 0.8),
  },
  url: {
    names: [
      [
        pattern(
          `(?:${posts}_)?(?:permalink|perma_link|canonical)(?:_url)?|(?:${posts}|web|html|public|short|full|source|page|original)_(?:url|link|uri|href)`,
        ),
        1,
      ],
      [pattern('url|link|href|uri|links?_(?:self|html|web|alternate)|self|web'), 0.9],
    ],
    // One address for all messages is that of the page around them.
    values: ({ url, distinct, distinctCount, count: present }) =>
      url < 0.8 || (distinctCount === 1 && present > 2) ? 0 : 0.5 + distinct / 2,
  },
  inReplyTo: {
    names: [
      [/^(?:in_)?repl(?:y|ied|ies)_?to|^in_reply_to|^parent(?:_(?:id|uri|key|uuid|\w+_id))?$|^reply_(?:parent|root)/, 1],
      [pattern('(?:parent|root|quoted)_\\w*id'), 0.7],
    ],
    values: ({ idLike, flag, count: present }) => (idLike < 0.95 || (flag === 1 && present > 3) ? 0 : 1),
  },
  platform: {
    names: [
      [pattern('platform(?:_name)?|(?:social_)?network(?:_name)?'), 1],
      [
        pattern(
          'site(?:_name)?|(?:content_)?source(?:_name|_type|_platform)?|provider(?:_name)?|medium|channel(?:_type|_name)?|service(?:_name)?|origin',
        ),
        0.7,
      ],
    ],
    // A name rather than a code.
    values: ({ word, text, coded, url, distinctCount, distinct, count: present, meanLength }) =>
      text < 1 || word < 0.8 || coded > 0 || url > 0 || meanLength > 30 || distinctCount > 12 || (distinct > 0.5 && present > 4) ? 0 : 1,
  },
};

/** How well a leaf fits a field, between 0 and 1. Both its name and its values have to. */
export function scoreField(field: ProposedField, { leaf, name, values }: Candidate): number {
  const rule = fieldRules[field];
  // A key such as `_` says nothing.
  if (name.words.length === 0) return 0;
  if (rule.isPersonal ? !name.isPersonal : name.isPersonal && !isOwnField(field, name)) return 0;
  const spelled = rule.isPersonal ? name.personalName : name.isPersonal ? name.personalName : name.name;
  const [, nameScore = 0] = rule.names.find(([names]) => names.test(spelled)) ?? [];
  const isMeaningless = (field === 'platform' && namesItself(leaf, name)) || (isCount.has(field) && leaf.path.endsWith('.0'));
  const valueScore = isMeaningless ? 0 : rule.values(values, name);
  const score = field === 'text' ? textScore(nameScore, valueScore) : nameScore * valueScore;
  return Math.max(0, (leaf.isInArray ? score * 0.5 : score) - foreignContext(field, name));
}

/** Prose is a text whatever its name is. */
const textScore = (nameScore: number, valueScore: number): number => (valueScore === 0 ? 0 : nameScore * 0.55 + valueScore * 0.45);

/** The first of several numbers is not their sum. */
const isCount: ReadonlySet<ProposedField> = new Set(['likes', 'reposts', 'replies', 'authorFollowers', 'rating']);

/** `channel_type: channel` names no platform. */
const namesItself = ({ values }: Leaf, { words }: NameParts): boolean =>
  [...values.values()].every((value) => words.includes(String(value).toLowerCase()));

const vaguePersons = new Set(['account', 'client', 'contact', 'member', 'owner', 'profile']);

/** About an account or an owner, who need not be the author. */
const isVaguelyPersonal = ({ words, context }: NameParts): boolean => [...context, ...words].some((word) => vaguePersons.has(word));

/** Followers are a person's, in whatever object they are; `from` and `by` also begin names that are not about persons. */
const isOwnField = (field: ProposedField, { words, context }: NameParts): boolean =>
  field === 'authorFollowers' ||
  (field === 'lang' && context.length === 0) ||
  (context.length === 0 && ['from', 'by', 'profile', 'account'].includes(words[0] ?? '') && words.length > 2);

/** Objects around the leaf that are about something else, such as a product, a page, or the post that it answers. */
function foreignContext(field: ProposedField, { context, isPossession }: NameParts): number {
  if (field === 'authorFollowers') return 0;
  if (fieldRules[field].isPersonal) return isPossession ? 0.4 : 0;
  // One kind of several: their total says more.
  if (field === 'likes' && context.includes('reactions')) return 0.3;
  const own =
    /^(?:metrics|stats|statistics|engagement|counts?|counters|public|meta|metadata|info|times?|dates|timestamps|interactions|reactions|likes|shares|summary|totals?|links|urls|body|text|title|comment|review|status|tweet|snippet|parent|reply|social|platform|source|lang|language|rating|lifecycle|audit|common|core|base|main|new|current|to|in)$/;
  return Math.min(0.4, context.filter((word) => !own.test(word)).length * 0.1);
}
