import type { Label } from '../../domain/post.ts';

interface Props {
  /** Counts, or probabilities. */
  readonly shares: Readonly<Record<Label, number>>;
  readonly size?: 'small';
  /** What it says to those who do not see it; without it, it is decoration. */
  readonly name?: string;
}

/** A bar divided by label, good to bad. */
export function ShareBar({ shares, size, name }: Props) {
  const total = shares.positive + shares.neutral + shares.negative || 1;
  const said = name === undefined ? ({ 'aria-hidden': true } as const) : ({ role: 'img', 'aria-label': name } as const);
  return (
    <span class={`share-bar ${size ?? ''}`} {...said}>
      {(['positive', 'neutral', 'negative'] as const).map((label) => (
        <i key={label} class={`key ${label}`} style={{ width: `${(100 * shares[label]) / total}%` }} />
      ))}
    </span>
  );
}
