import type { MappingInput } from '../../config/mapping.ts';
import type { FieldSource } from '../../config/mapping-fields.ts';
import { coverage, findPaths } from './best-leaf.ts';
import { type Candidate, type ProposedField, scoreField, toCandidate } from './field-scores.ts';
import { findCreatedAtByValues, findIdByValues } from './find-by-values.ts';
import { findText, findTexts, hasTextName, minMarkup } from './find-texts.ts';
import { guessOptionalFields } from './guess-optional-fields.ts';
import { measureCloseness } from './leaf-relations.ts';
import { collectLeaves, elementsAt, findElementPaths, type Leaf } from './leaves.ts';
import { splitWords } from './name-parts.ts';
import { proposeConditions } from './propose-conditions.ts';
import { combineDateTimes } from './split-date-times.ts';

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
/** For an ID, if nothing reaches `minScore`. */
const minAnyIdScore = 0.2;
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
  const all = toCandidates(values);
  const firstText = findText(all, values.length)?.candidate.leaf;
  if (!firstText) return undefined;
  const { kept, ...conditions } = proposeConditions(all, firstText, values.length);
  const posts = kept ? values.filter((_, index) => kept.has(index)) : values;
  const candidates = kept ? toCandidates(posts) : all;
  const text = findText(candidates, posts.length);
  if (!text) return undefined;
  const { leaf } = text.candidate;
  const taken = new Set<Candidate>([text.candidate]);
  const texts = findTexts(text.candidate, candidates, posts.length, taken);
  const found = findFields(candidates, leaf, posts.length, taken);
  const namedSize = found.size;
  completeByValues(found, candidates, text.candidate, posts.length, taken);
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
  return { mapping, quality: (2 * text.score + namedSize + 1) * coverage(leaf, posts.length) };
}

/** The scalars of messages, and the dates that two of them make. */
function toCandidates(messages: readonly unknown[]): Candidate[] {
  const leaves = collectLeaves(messages);
  return [...combineDateTimes(leaves), ...leaves].map(toCandidate);
}

/** Adds the ID and the date that no name told; and other fields, where names tell so little that what is missing may be there. */
function completeByValues(
  found: Map<ProposedField, string[]>,
  candidates: readonly Candidate[],
  text: Candidate,
  count: number,
  taken: Set<Candidate>,
): void {
  const closeness = measureCloseness(candidates.map(({ leaf }) => leaf));
  const namedCount = [hasTextName(text), found.has('id'), found.has('createdAt')].filter(Boolean).length;
  const free = () => candidates.filter((candidate) => !taken.has(candidate));
  const add = (field: ProposedField, candidate: Candidate | undefined): void => {
    if (!candidate || found.has(field)) return;
    found.set(field, [candidate.leaf.path]);
    taken.add(candidate);
  };
  if (!found.has('id')) add('id', findIdByValues(free(), text.leaf, closeness));
  const leafOf = (field: ProposedField) => candidates.find(({ leaf }) => leaf.path === found.get(field)?.[0])?.leaf;
  if (!found.has('createdAt')) add('createdAt', findCreatedAtByValues(free(), text.leaf, leafOf('id'), closeness));
  if (namedCount >= 2) return;
  const known = { text: text.leaf, id: leafOf('id'), createdAt: leafOf('createdAt') };
  for (const [field, candidate] of guessOptionalFields(free(), known, count, closeness)) add(field, candidate);
}

function findFields(candidates: readonly Candidate[], text: Leaf, count: number, taken: Set<Candidate>): Map<ProposedField, string[]> {
  const others = findOtherRecords(candidates, text);
  const nearText = ({ leaf }: Candidate): number => (leaf.parent === text.parent ? besideText : nearness(leaf, text));
  const found = new Map<ProposedField, string[]>();
  for (const field of fields) {
    const own = ownFields.has(field)
      ? candidates.filter(({ leaf }) => !others.some((parent) => isWithin(leaf.parent, parent)))
      : field === 'authorName'
        ? candidates.filter((candidate) => !isSharedByAuthors(candidate, found, candidates))
        : candidates;
    const paths = findPaths(field, own, taken, count, nearText);
    if (paths.length > 0) found.set(field, paths);
  }
  const [handle] = found.get('authorHandle') ?? [];
  const name = handle === undefined || found.has('authorName') ? undefined : findNameBeside(handle, candidates, taken);
  if (name !== undefined) found.set('authorName', [name]);
  return found;
}

/** Whether many authors have the same value, such as a rank. */
function isSharedByAuthors({ values }: Candidate, found: ReadonlyMap<ProposedField, readonly string[]>, candidates: readonly Candidate[]) {
  const [path] = found.get('authorHandle') ?? found.get('authorId') ?? [];
  const author = candidates.find(({ leaf }) => leaf.path === path);
  return author !== undefined && values.distinctCount < 0.5 * author.values.distinctCount;
}

/** What only the post itself has. Other fields may be found in the record of its author, or of what it answers. */
const ownFields: ReadonlySet<ProposedField> = new Set(['updatedAt', 'deleted', 'rating', 'likes', 'reposts', 'replies', 'url']);

const isWithin = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}.`);

/** Paths of objects beside the text that have an ID of their own, such as the thread of a comment or the hotel of a review. */
function findOtherRecords(candidates: readonly Candidate[], text: Leaf): readonly string[] {
  const parents = candidates.filter(hasOwnId).map(({ leaf }) => leaf.parent);
  return parents.filter((parent) => !isWithin(text.parent, parent) && !isWithin(parent, text.parent));
}

/** `id` in any object, `propertyId` in `property`. */
function hasOwnId({ leaf, name }: Candidate): boolean {
  if (leaf.parent === '') return false;
  const holder = splitWords(leaf.keys.at(-2) ?? '').join('_');
  return /^(?:_?id|uuid|guid)$/.test(name.name) || (name.name === `${holder}_id` && holder !== '');
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
  return combined.size === dates.size ? [`{${author}}/${createdAt.includes('{') ? createdAt : `{${createdAt}}`}`] : undefined;
}

const oneOrMore = (paths: readonly string[]): FieldSource | FieldSource[] => {
  const [first, ...rest] = paths;
  return first !== undefined && rest.length === 0 ? first : [...paths];
};
