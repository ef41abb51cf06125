import { bestOf, minFallbackScore, minTextScore } from './best-leaf.ts';
import { type Candidate, scoreField } from './field-scores.ts';
import { findTextByValues } from './find-by-values.ts';
import type { Leaf } from './leaves.ts';

/** Share of texts with tags from which they are taken for HTML. */
export const minMarkup = 0.3;

/** What prose reaches whose name says nothing. */
const maxUnnamedScore = 0.45;

/** The text by its name and values; by its values alone if no name says so, or the named one is that of several posts. */
export function findText(
  candidates: readonly Candidate[],
  count: number,
): { readonly candidate: Candidate; readonly score: number } | undefined {
  const named = bestOf('text', candidates, count, () => 0);
  const byValues = findTextByValues(candidates, count);
  if (!byValues || (named && hasTextName(named.candidate) && !isShared(named.candidate, byValues))) return named;
  return { candidate: byValues, score: Math.max(minTextScore, scoreField('text', byValues)) };
}

export const hasTextName = (candidate: Candidate): boolean => scoreField('text', candidate) > maxUnnamedScore;

/** Repeated by messages whose own texts differ, as the title of a thread is. */
const isShared = ({ values, leaf }: Candidate, own: Candidate): boolean =>
  values.distinct < 0.7 &&
  own.values.distinct >= 0.9 &&
  own.values.meanLength > values.meanLength &&
  own.leaf.values.size >= leaf.values.size;

/** Only in messages that lack the other leaf. */
const isAlternative = ({ values }: Leaf, other: Leaf): boolean =>
  values.size > 0 && [...values.keys()].every((index) => !other.values.has(index));

/** The text, after its title if it has one; and the text of messages of another kind. */
export function findTexts(text: Candidate, candidates: readonly Candidate[], count: number, taken: Set<Candidate>): string[] {
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
    // The title of a thread is that of many posts.
    (leaf.parent === text.leaf.parent || values.distinct > 0.8) &&
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
