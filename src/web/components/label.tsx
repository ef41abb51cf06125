import type { Label, StoredLabel } from '../../domain/post.ts';

/** Labels differ by shape as well as by color. */
export const labelSymbols = { positive: '▲', neutral: '●', negative: '▼', unscored: '○' } as const satisfies Record<StoredLabel, string>;

export function LabelTag({ label }: { readonly label: StoredLabel }) {
  return (
    <span class={`tag ${label}`}>
      {labelSymbols[label]} {label}
    </span>
  );
}

/** The color class of a net sentiment; none near zero. */
export const sentimentTone = (net: number | null | undefined): '' | 'positive' | 'negative' =>
  net === null || net === undefined || Math.abs(net) < 3 ? '' : net > 0 ? 'positive' : 'negative';

interface Props {
  /** Counts, or probabilities. */
  readonly shares: Readonly<Record<Label, number>>;
  readonly size?: 'small';
  /** The text for screen readers; without it the bar is decorative. */
  readonly name?: string;
}

/** A bar divided by label, from positive to negative. */
export function ShareBar({ shares, size, name }: Props) {
  const total = shares.positive + shares.neutral + shares.negative || 1;
  const accessibility = name === undefined ? ({ 'aria-hidden': true } as const) : ({ role: 'img', 'aria-label': name } as const);
  return (
    <span class={`share-bar ${size ?? ''}`} {...accessibility}>
      {(['positive', 'neutral', 'negative'] as const).map((label) => (
        <i key={label} class={`swatch ${label}`} style={{ width: `${(100 * shares[label]) / total}%` }} />
      ))}
    </span>
  );
}
