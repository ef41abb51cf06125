import { type ContainerRef, indexAfterKey, type PlotRef } from '../charts/plot.ts';

interface Props {
  readonly name: string;
  readonly class: string;
  /** The current bucket. */
  readonly index: number;
  /** The middle of each bucket, in seconds since 1970. */
  readonly midpoints: readonly number[];
  /** The current value, as text for screen readers. */
  readonly text: string;
  readonly container: ContainerRef;
  readonly plot: PlotRef;
  /** Charts that share the cursor. */
  readonly plots: readonly PlotRef[];
  /** Called on click, with the y value, and on Enter, without it. */
  onSelect(index: number, height?: number): void;
  /** Handles other keys; returns whether it did. */
  onKey?(key: string): boolean;
}

/** A chart that is also a slider over time, for keyboards and screen readers. */
export function ChartSlider(props: Props) {
  const { name, index, midpoints, text, container, plot, plots, onSelect } = props;
  const last = midpoints.length - 1;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onSelect(index);
    const next = indexAfterKey(event.key, index, last);
    const middle = next === undefined ? undefined : midpoints[next];
    if (props.onKey?.(event.key) || middle !== undefined) event.preventDefault();
    if (middle === undefined) return;
    for (const { current } of plots) current?.setCursor({ left: current.valToPos(middle, 'x'), top: 1 });
  };
  const onClick = (): void => {
    const { current } = plot;
    const at = current?.cursor.idx;
    if (current && at !== null && at !== undefined) onSelect(at, current.posToVal(current.cursor.top ?? 0, 'y'));
  };
  return (
    <div
      ref={container}
      class={`chart ${props.class}`}
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onClick={onClick}
    />
  );
}
