import type { MappingInput } from '../../config/mapping.ts';
import type { FieldSource } from '../../config/mapping-fields.ts';
import { type Candidate, type ProposedField, scoreField, toCandidate } from './field-scores.ts';
import { collectLeaves, elementsAt, findElementPaths, type Leaf } from './leaves.ts';
import { proposeConditions } from './propose-conditions.ts';

/** Stands for the platform where messages do not name theirs. */
export const placeholderPlatform = 'my-platform';

/** In this order, each field takes the leaf that fits best and is not taken yet. */
const fields: readonly ProposedField[] = [
  'id',
  'createdAt',
  'updatedAt',
  'deleted',
  'rating',
  'likes',
  'reposts',
  'replies',
  'authorFollowers',
  'authorId',
  'authorHandle',
  'authorName',
  'inReplyTo',
  'url',
  'lang',
  'platform',
];
/** Fields of a second kind of message are looked for too. */
const fieldsWithFallback: ReadonlySet<ProposedField> = new Set(['id', 'createdAt', 'authorId', 'authorHandle', 'authorName']);

const minScore = 0.45;
/** Lower, because prose is a text whatever its name is. */
const minTextScore = 0.3;
/** For an ID, if nothing reaches `minScore`. */
const minAnyIdScore = 0.2;
/** Share of texts with tags from which they are taken for HTML. */
const minMarkup = 0.3;
/** For a message kind that lacks the leaf of the others, only what clearly fits is proposed. */
const minFallbackScore = 0.7;
/** Leaves beside the text are more likely to describe the post than leaves elsewhere. */
const besideText = 0.2;
const aroundText = 0.15;

/** Limits for messages with many lists. */
const maxElementPaths = 20;
const maxElements = 2_000;

interface Elements {
  /** Setting `forEach`; undefined if each message is one post. */
  readonly path: string | undefined;
  readonly values: readonly unknown[];
}

interface Draft {
  readonly mapping: MappingInput;
  /** Grows with the number of fields that were found. */
  readonly quality: number;
}

/**
 * Proposes a mapping for messages of an unknown shape from the names and values of their fields. Undefined if no field
 * looks like a text and an ID.
 */
export function proposeMapping(messages: readonly unknown[]): MappingInput | undefined {
  const whole: Elements = { path: undefined, values: messages };
  const inside = findElementPaths(messages)
    .slice(0, maxElementPaths)
    .map((path): Elements => ({ path, values: elementsAt(messages, path).slice(0, maxElements) }));
  const drafts = [whole, ...inside].flatMap((elements) => draftMapping(elements) ?? []);
  // The message itself comes first and wins ties: a list inside a post, such as its attachments, is not a list of posts.
  return drafts.reduce<Draft | undefined>((best, draft) => (best && best.quality >= draft.quality ? best : draft), undefined)?.mapping;
}

function draftMapping({ path, values }: Elements): Draft | undefined {
  const all = collectLeaves(values).map(toCandidate);
  const firstText = findText(all, values.length)?.candidate.leaf;
  if (!firstText) return undefined;
  const { kept, ...conditions } = proposeConditions(all, firstText, values.length);
  const posts = kept ? values.filter((_, index) => kept.has(index)) : values;
  const candidates = kept ? collectLeaves(posts).map(toCandidate) : all;
  const text = findText(candidates, posts.length);
  if (!text) return undefined;
  const { leaf } = text.candidate;
  const taken = new Set<Candidate>([text.candidate]);
  const texts = findTexts(text.candidate, candidates, posts.length, taken);
  const found = findFields(candidates, leaf, posts.length, taken);
  const id = found.get('id') ?? findAnyId(candidates, taken) ?? findAddress(found, candidates) ?? combineId(found, candidates);
  if (!id) return undefined;
  const date = found.has('createdAt') ? undefined : findOnlyDate(candidates, taken);
  if (date) found.set('createdAt', date);
  const mapping: MappingInput = {
    ...(path === undefined ? {} : { forEach: path }),
    ...(found.has('platform') ? {} : { platformName: placeholderPlatform }),
    ...(text.candidate.values.markup >= minMarkup ? { html: true } : {}),
    ...conditions,
    id: oneOrMore(id),
    text: oneOrMore(texts),
    ...Object.fromEntries([...found].filter(([field]) => field !== 'id').map(([field, paths]) => [field, oneOrMore(paths)])),
  };
  // A list of posts holds more of what makes a post than the page around it, whose leaves lead through the list.
  return { mapping, quality: (2 * text.score + found.size + 1) * coverage(leaf, posts.length) };
}

/** The text, or what else is prose that differs, wherever it is. */
function findText(candidates: readonly Candidate[], count: number) {
  const best = bestOf('text', candidates, count, () => 0);
  if (best) return best;
  const prose = candidates.filter(({ values, name }) => values.prose >= 0.6 && values.distinct >= 0.6 && !name.isPersonal);
  const [longest] = prose.sort((a, b) => b.values.meanLength - a.values.meanLength);
  return longest && { candidate: longest, score: minTextScore };
}

function findFields(candidates: readonly Candidate[], text: Leaf, count: number, taken: Set<Candidate>): Map<ProposedField, string[]> {
  const others = findOtherRecords(candidates, text);
  const nearText = ({ leaf }: Candidate): number => (leaf.parent === text.parent ? besideText : nearness(leaf, text));
  const found = new Map<ProposedField, string[]>();
  for (const field of fields) {
    const own = ownFields.has(field)
      ? candidates.filter(({ leaf }) => !others.some((parent) => isWithin(leaf.parent, parent)))
      : candidates;
    const paths = findPaths(field, own, taken, count, nearText);
    if (paths.length > 0) found.set(field, paths);
  }
  const [handle] = found.get('authorHandle') ?? [];
  const name = handle === undefined || found.has('authorName') ? undefined : findNameBeside(handle, candidates, taken);
  if (name !== undefined) found.set('authorName', [name]);
  return found;
}

/** What only the post itself has. Other fields may be found in the record of its author, or of what it answers. */
const ownFields: ReadonlySet<ProposedField> = new Set(['updatedAt', 'deleted', 'rating', 'likes', 'reposts', 'replies', 'url']);

const isWithin = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}.`);

/** Paths of objects beside the text that have an ID of their own, such as the thread of a comment. */
function findOtherRecords(candidates: readonly Candidate[], text: Leaf): readonly string[] {
  const records = candidates.filter(({ leaf, name }) => leaf.parent !== '' && /^(?:_?id|uuid|guid)$/.test(name.name));
  return records.map(({ leaf }) => leaf.parent).filter((parent) => !isWithin(text.parent, parent) && !isWithin(parent, text.parent));
}

/** An object around the text, such as an event, says more of the post than one beside it, such as the subscription. */
function nearness(leaf: Leaf, text: Leaf): number {
  const isAround = leaf.parent !== '' && text.parent.startsWith(`${leaf.parent}.`);
  return isAround ? (aroundText * leaf.parent.split('.').length) / text.parent.split('.').length : 0;
}

/** `name` beside a handle is the author's. */
function findNameBeside(handle: string, candidates: readonly Candidate[], taken: ReadonlySet<Candidate>): string | undefined {
  const parent = candidates.find(({ leaf }) => leaf.path === handle)?.leaf.parent;
  return candidates.find((candidate) => candidate.leaf.parent === parent && candidate.name.name === 'name' && !taken.has(candidate))?.leaf
    .path;
}

/** A field that ends in `id` and differs in every message, wherever it is. */
function findAnyId(candidates: readonly Candidate[], taken: ReadonlySet<Candidate>): string[] | undefined {
  const unique = candidates.filter((candidate) => !taken.has(candidate) && candidate.values.distinct === 1);
  const best = unique.map((candidate) => ({ candidate, score: scoreField('id', candidate) })).sort((a, b) => b.score - a.score)[0];
  return best && best.score >= minAnyIdScore ? [best.candidate.leaf.path] : undefined;
}

/** Without an ID, an address that differs in every message identifies what it leads to. */
function findAddress(found: ReadonlyMap<ProposedField, readonly string[]>, candidates: readonly Candidate[]): string[] | undefined {
  const address = candidates.find(({ leaf }) => leaf.path === found.get('url')?.[0]);
  return address && address.values.distinct === 1 && address.values.count > 1 ? [address.leaf.path] : undefined;
}

/** The only date of a message is that of the post, whatever its name is. */
function findOnlyDate(candidates: readonly Candidate[], taken: ReadonlySet<Candidate>): string[] | undefined {
  const dates = candidates.filter(
    (candidate) => candidate.values.date >= 0.9 && candidate.values.distinctCount > 1 && !taken.has(candidate),
  );
  const [only, ...others] = dates;
  return only && others.length === 0 && !only.name.isPersonal ? [only.leaf.path] : undefined;
}

/** Without an ID, a post is identified by its author and its date, if no two posts share both. */
function combineId(found: ReadonlyMap<ProposedField, readonly string[]>, candidates: readonly Candidate[]): string[] | undefined {
  const [author, createdAt] = [
    found.get('authorId')?.[0] ?? found.get('authorHandle')?.[0] ?? found.get('authorName')?.[0],
    found.get('createdAt')?.[0],
  ];
  if (author === undefined || createdAt === undefined) return undefined;
  const valuesAt = (path: string) => candidates.find(({ leaf }) => leaf.path === path)?.leaf.values ?? new Map<number, unknown>();
  const [authors, dates] = [valuesAt(author), valuesAt(createdAt)];
  const combined = new Set([...dates].map(([index, date]) => `${authors.get(index)}/${date}`));
  return combined.size === dates.size ? [`{${author}}/{${createdAt}}`] : undefined;
}

const coverage = ({ values }: Leaf, count: number): number => 0.5 + values.size / Math.max(1, count) / 2;

function bestOf(field: ProposedField, candidates: readonly Candidate[], count: number, bonus: (candidate: Candidate) => number) {
  let best: { readonly candidate: Candidate; readonly score: number } | undefined;
  for (const candidate of candidates) {
    const fit = scoreField(field, candidate);
    if (fit === 0 || fit + bonus(candidate) < (field === 'text' ? minTextScore : minScore)) continue;
    const score = fit * coverage(candidate.leaf, count) + bonus(candidate) - depth(candidate.leaf) * 0.01;
    if (!best || score > best.score) best = { candidate, score };
  }
  return best;
}

const depth = ({ keys }: Leaf): number => keys.length;

/** The leaf that fits a field best, and one for the messages that lack it. */
function findPaths(
  field: ProposedField,
  candidates: readonly Candidate[],
  taken: Set<Candidate>,
  count: number,
  bonus: (candidate: Candidate) => number,
): string[] {
  const free = candidates.filter((candidate) => !taken.has(candidate));
  const best = bestOf(field, free, count, bonus);
  if (!best) return [];
  taken.add(best.candidate);
  const { leaf } = best.candidate;
  if (!fieldsWithFallback.has(field) || leaf.values.size >= count) return [leaf.path];
  const others = free.filter((candidate) => candidate !== best.candidate).flatMap((candidate) => restrict(candidate, leaf));
  const other = bestOf(field, others, count - leaf.values.size, () => 0);
  if (!other || scoreField(field, other.candidate) < minFallbackScore) return [leaf.path];
  for (const candidate of free) if (candidate.leaf.path === other.candidate.leaf.path) taken.add(candidate);
  return [leaf.path, other.candidate.leaf.path];
}

/** A leaf in the messages that lack another one; nothing if those lack it too. */
function restrict({ leaf }: Candidate, { values }: Leaf): Candidate[] {
  const rest = new Map([...leaf.values].filter(([index]) => !values.has(index)));
  return rest.size === 0 ? [] : [toCandidate({ ...leaf, values: rest })];
}

/** Only in messages that lack the other leaf. */
const isAlternative = ({ values }: Leaf, other: Leaf): boolean =>
  values.size > 0 && [...values.keys()].every((index) => !other.values.has(index));

/** The text, after its title if it has one; and the text of messages of another kind. */
function findTexts(text: Candidate, candidates: readonly Candidate[], count: number, taken: Set<Candidate>): string[] {
  const title = candidates.find((candidate) => candidate !== text && isTitleOf(candidate, text));
  const isMarkup = text.values.markup >= minMarkup;
  if (title) taken.add(title);
  // As the template writes line breaks.
  const separator = isMarkup ? '<br>' : '\\n\\n';
  const own = title ? [`{${title.leaf.path}}${separator}{${text.leaf.path}}`, text.leaf.path, title.leaf.path] : [text.leaf.path];
  if (text.leaf.values.size >= count) return own;
  const others = candidates.filter((candidate) => !taken.has(candidate) && isAlternative(candidate.leaf, text.leaf));
  const other = bestOf('text', others, count, () => 0);
  if (!other || scoreField('text', other.candidate) < minFallbackScore) return own;
  taken.add(other.candidate);
  return [...own, other.candidate.leaf.path];
}

function isTitleOf({ leaf, name, values }: Candidate, text: Candidate): boolean {
  const isNamed =
    /^(?:(?:review|post|comment|article)_)?(?:title|subject|headline|heading|summary)(?:_(?:text|rendered|label|plain))?$/.test(name.name);
  const parent = (path: string): string => path.split('.').slice(0, -1).join('.');
  const isBeside = leaf.parent === text.leaf.parent || parent(leaf.parent) === parent(text.leaf.parent);
  return (
    isNamed &&
    isBeside &&
    !name.isPersonal &&
    values.text === 1 &&
    values.url === 0 &&
    values.meanLength <= text.values.meanLength * 1.5 &&
    values.distinct > 0.3 &&
    !repeats(leaf, text.leaf)
  );
}

/** Characters of a text that a title repeats, if it is made of the text. */
const repeatedLength = 12;

/** Whether most titles contain the beginning of their text, or are part of it. */
function repeats(title: Leaf, text: Leaf): boolean {
  const pairs = [...title.values].map(([index, value]) => [String(value), String(text.values.get(index) ?? '')] as const);
  const repeating = pairs.filter(
    ([own, whole]) => whole.includes(own) || (whole.length > 0 && own.includes(whole.slice(0, repeatedLength))),
  );
  return repeating.length > pairs.length / 2;
}

const oneOrMore = (paths: readonly string[]): FieldSource | FieldSource[] => {
  const [first, ...rest] = paths;
  return first !== undefined && rest.length === 0 ? first : [...paths];
};
