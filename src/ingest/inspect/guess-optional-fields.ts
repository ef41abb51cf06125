import type { Candidate, ProposedField } from './field-scores.ts';
import { bestBy, describeGap, shapeOfId, timesOf } from './find-by-values.ts';
import { type Closeness, referencesTo, shareOfPairs } from './leaf-relations.ts';
import type { Leaf } from './leaves.ts';

/** What is known of a post whose names say nothing. */
export interface KnownLeaves {
  readonly text: Leaf;
  readonly id?: Leaf | undefined;
  readonly createdAt?: Leaf | undefined;
}

const maxEditMs = 90 * 86_400_000;
/** Authors differ from post to post; what has a few values is a category. */
const minAuthorDistinct = 0.35;

/** Fields of a post by the values of leaves that are not taken; only what is hardly anything else. */
export function guessOptionalFields(
  candidates: readonly Candidate[],
  known: KnownLeaves,
  count: number,
  closeness: Closeness,
): Map<ProposedField, Candidate> {
  const own = candidates.filter(({ leaf }) => !leaf.isInArray && !isCopy(leaf, known));
  const found = new Map<ProposedField, Candidate>();
  const add = (field: ProposedField, candidate: Candidate | undefined): void => {
    if (candidate) found.set(field, candidate);
  };
  const anchors = [known.text, known.id, known.createdAt].filter((leaf) => leaf !== undefined);
  const near = (leaf: Leaf): number => Math.max(...anchors.map((anchor) => closeness(leaf, anchor)));
  add('updatedAt', findUpdatedAt(own, known, near));
  add('url', findUrl(own, known, near));
  add(
    'lang',
    bestBy(own.filter(isLanguage), ({ leaf }) => near(leaf), 0.4),
  );
  add('inReplyTo', known.id && findParent(candidates, known.id));
  const people = own.filter((candidate) => ![...found.values()].includes(candidate) && candidate.leaf.values.size >= 0.9 * count);
  for (const [field, candidate] of findAuthor(people, known.text, closeness)) add(field, candidate);
  return found;
}

/** In the record of another post, whose text or ID this sample has as well. */
function isCopy(leaf: Leaf, { text }: KnownLeaves): boolean {
  return leaf.values.size < text.values.size && leaf.parent !== '' && text.parent !== leaf.parent && referencesTo(text)(leaf) >= 0.5;
}

/** A date that is never before `createdAt`, beside it, and missing or equal to it where the post was not edited. */
function findUpdatedAt(candidates: readonly Candidate[], { text, createdAt }: KnownLeaves, near: (leaf: Leaf) => number) {
  if (!createdAt) return undefined;
  const created = timesOf(createdAt);
  const replies = candidates.filter(({ leaf, values }) => leaf !== text && values.prose >= 0.5 && leaf.values.size < text.values.size);
  return bestBy(
    candidates.filter(({ leaf, values }) => {
      if (values.date < 0.9 || leaf === createdAt || near(leaf) < 0.8) return false;
      const { medianMs, isBefore } = describeGap(created, timesOf(leaf));
      const equal = shareOfPairs(leaf, createdAt, (one, other) => one === other);
      const isRare = leaf.values.size < 0.9 * text.values.size || (equal >= 0.2 && equal < 1);
      return isRare && isBefore && medianMs < maxEditMs && !replies.some((reply) => haveSameMessages(reply.leaf, leaf));
    }),
    ({ leaf }) => near(leaf),
    0.8,
  );
}

const haveSameMessages = (one: Leaf, other: Leaf): boolean =>
  one.values.size === other.values.size && [...one.values.keys()].every((index) => other.values.has(index));

/** An address that contains the ID, or one beside the text. */
function findUrl(candidates: readonly Candidate[], { id }: KnownLeaves, near: (leaf: Leaf) => number): Candidate | undefined {
  const isPicture = ({ leaf }: Candidate): boolean =>
    [...leaf.values.values()].some((value) => /\.(?:jpe?g|png|gif|webp|svg|mp4)(?:\?|$)/i.test(String(value)));
  const addresses = candidates.filter(
    (candidate) => candidate.values.url >= 0.8 && candidate.values.distinct >= 0.9 && !isPicture(candidate),
  );
  const contains = ({ leaf }: Candidate): boolean =>
    id !== undefined && shareOfPairs(id, leaf, (value, url) => String(url).includes(String(value))) >= 0.8;
  return bestBy(addresses, (candidate) => near(candidate.leaf) * 0.5 + (contains(candidate) ? 0.5 : 0), 0.5);
}

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Codes of languages, in lower case; countries have theirs in upper case. */
function isLanguage({ leaf, values }: Candidate): boolean {
  const isCode = (value: unknown): boolean =>
    typeof value === 'string' && /^[a-z]{2}(?:[-_][A-Za-z]{2,4})?$/.test(value) && languages.of(value.slice(0, 2)) !== undefined;
  return values.distinctCount <= 12 && [...leaf.values.values()].every(isCode);
}

/** The ID of another message; a thread has the ID of its first post, which is its own there. */
function findParent(candidates: readonly Candidate[], id: Leaf): Candidate | undefined {
  const isOwn = (leaf: Leaf): boolean => shareOfPairs(leaf, id, (one, other) => String(one) === String(other)) > 0;
  const references = candidates.filter(({ leaf, values }) => values.idLike >= 0.95 && leaf !== id && !leaf.isInArray && !isOwn(leaf));
  const shareOf = referencesTo(id);
  return bestBy(references, ({ leaf }) => (leaf.values.size > 1 ? shareOf(leaf) : 0), 0.5);
}

/** A word that names somebody, the name beside it, and the ID that goes with them. */
function findAuthor(candidates: readonly Candidate[], text: Leaf, closeness: Closeness): [ProposedField, Candidate][] {
  const named = candidates.filter(
    ({ values }) => values.text === 1 && values.url === 0 && values.date < 0.5 && values.distinct >= minAuthorDistinct,
  );
  const isBesideName = (candidate: Candidate): boolean =>
    names.some((name) => name !== candidate && closeness(name.leaf, candidate.leaf) >= 0.8);
  const names = named.filter(isName);
  const handle = bestBy(named.filter(isHandle), (candidate) => candidate.values.distinct + (isBesideName(candidate) ? 1 : 0), 1);
  const name = bestBy(
    names.filter((candidate) => candidate !== handle),
    (candidate) => candidate.values.distinct + (handle && closeness(candidate.leaf, handle.leaf) >= 0.8 ? 1 : 0),
    handle ? 1 : 0.6,
  );
  const person = handle ?? name;
  const id = person && findAuthorId(candidates, person, text, closeness);
  return [
    ...(handle ? [['authorHandle', handle] as [ProposedField, Candidate]] : []),
    ...(name ? [['authorName', name] as [ProposedField, Candidate]] : []),
    ...(id ? [['authorId', id] as [ProposedField, Candidate]] : []),
  ];
}

function isHandle({ leaf, values }: Candidate): boolean {
  const isWord = (value: unknown): boolean => /^@?(?=.*\p{Ll})[\p{L}\p{N}._-]{2,40}$/u.test(String(value));
  return values.word >= 0.9 && values.opaque < 0.5 && values.coded < 0.8 && [...leaf.values.values()].every(isWord);
}

/** Up to five words, the first of them capitalized in most values, and most of more than one word. */
function isName({ leaf, values }: Candidate): boolean {
  const texts = [...leaf.values.values()].map(String);
  const share = (test: (text: string) => boolean): number => texts.filter(test).length / texts.length;
  return (
    values.meanLength <= 30 &&
    values.coded < 0.3 &&
    share((text) => text.split(/\s+/).length <= 4) === 1 &&
    share((text) => /^\p{Lu}/u.test(text)) >= 0.6 &&
    share((text) => /^\p{Lu}\S*\s+\p{Lu}/u.test(text)) >= 0.3
  );
}

/** Of mail, which is nothing to store. */
const isAddress = ({ leaf }: Candidate): boolean => [...leaf.values.values()].some((value) => /\S@\S/.test(String(value)));

/** Beside the name, and the same for the same name. */
function findAuthorId(candidates: readonly Candidate[], person: Candidate, text: Leaf, closeness: Closeness): Candidate | undefined {
  const isFunction = (leaf: Leaf): boolean => {
    const pairs = new Set([...leaf.values].map(([index, value]) => `${value}\n${person.leaf.values.get(index)}`));
    return pairs.size === new Set(leaf.values.values()).size && pairs.size === person.values.distinctCount;
  };
  const ids = candidates.filter(
    (candidate) =>
      candidate.values.idLike >= 0.95 &&
      candidate.values.url + candidate.values.date < 0.5 &&
      shapeOfId(candidate) > 0 &&
      isFunction(candidate.leaf) &&
      !isAddress(candidate),
  );
  // In the object of the text it may be anything of the post.
  return bestBy(ids, ({ leaf }) => (leaf.parent === text.parent ? 0 : closeness(leaf, person.leaf)), 0.8);
}
