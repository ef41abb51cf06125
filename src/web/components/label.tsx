import type { StoredLabel } from '../../domain/post.ts';

/** Each label has a shape as well as a colour. */
export const marks = { positive: '▲', neutral: '●', negative: '▼', unscored: '○' } as const satisfies Record<StoredLabel, string>;

export function LabelTag({ label }: { readonly label: StoredLabel }) {
  return (
    <span class={`tag ${label}`}>
      {marks[label]} {label}
    </span>
  );
}

/** The tone of a net sentiment; near zero it has none. */
export const toneOf = (net: number | null | undefined): '' | 'positive' | 'negative' =>
  net === null || net === undefined || Math.abs(net) < 3 ? '' : net > 0 ? 'positive' : 'negative';
