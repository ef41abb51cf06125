import type { Condition } from '../../config/mapping-fields.ts';
import type { Candidate } from './field-scores.ts';
import type { Leaf } from './leaves.ts';

/** Names of fields that say what kind of message it is. */
const kindNames = /^(?:\w+_)?(?:type|kind|event|action|operation|op|verb|status|state)$|^(?:change|category)$/;
const deletionValue = /(?:^|[^a-z])(?:deleted?|deletion|removed?|removal|erased?|destroy(?:ed)?|retracted?|withdrawn|tombstone)$/i;

export interface ProposedConditions {
  readonly deletedWhen?: Condition;
  readonly onlyWhen?: Condition;
  /** The messages that `onlyWhen` keeps, by index. */
  readonly kept?: ReadonlySet<number>;
}

/** `deletedWhen` from a kind such as `post.deleted`; `onlyWhen` if one kind of messages has texts and others have none. */
export function proposeConditions(candidates: readonly Candidate[], text: Leaf, count: number): ProposedConditions {
  for (const { leaf, name, values } of candidates) {
    if (
      leaf.isInArray ||
      values.distinctCount > 12 ||
      values.text < 1 ||
      name.isPersonal ||
      leaf.values.size < count * 0.9 ||
      !kindNames.test(name.name)
    )
      continue;
    const kinds = [...new Set(leaf.values.values())];
    const deletions = kinds.filter((kind) => deletionValue.test(String(kind)));
    const withText = new Set([...leaf.values].filter(([index]) => text.values.has(index)).map(([, kind]) => kind));
    const others = kinds.filter((kind) => !withText.has(kind) && !deletions.includes(kind));
    if (deletions.length === 0 && (others.length === 0 || withText.size === 0)) continue;
    const kept = [...leaf.values].filter(([, kind]) => !others.includes(kind)).map(([index]) => index);
    return {
      ...(others.length === 0
        ? {}
        : {
            onlyWhen: equals(
              leaf.path,
              kinds.filter((kind) => !others.includes(kind)),
            ),
            kept: new Set(kept),
          }),
      ...(deletions.length === 0 ? {} : { deletedWhen: equals(leaf.path, deletions) }),
    };
  }
  return {};
}

const equals = (path: string, values: readonly (string | number | boolean)[]): Condition => {
  const [first, ...rest] = values;
  return { path, equals: first !== undefined && rest.length === 0 ? first : [...values] };
};
