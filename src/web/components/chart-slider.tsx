import { type FrameRef, indexAfter, type PlotRef } from '../charts/plot.ts';

interface Props {
  readonly name: string;
  readonly class: string;
  /** Which bucket is told of. */
  readonly index: number;
  /** Of each bucket, in seconds. */
  readonly middles: readonly number[];
  /** What is told of it. */
  readonly text: string;
  readonly frame: FrameRef;
  readonly plot: PlotRef;
  /** The charts whose cursors go together. */
  readonly plots: readonly PlotRef[];
  /** At a click with how high it was, on the axis of values; at Enter without. */
  open(index: number, height?: number): void;
  /** What else a key does; whether it did. */
  keyed?(key: string): boolean;
}

/** For those who hear the page, or have no mouse, a chart is a slider over time. */
export function ChartSlider(props: Props) {
  const { name, index, middles, text, frame, plot, plots, open } = props;
  const last = middles.length - 1;
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') open(index);
    const next = indexAfter(event.key, index, last);
    const middle = next === undefined ? undefined : middles[next];
    if (props.keyed?.(event.key) || middle !== undefined) event.preventDefault();
    if (middle === undefined) return;
    for (const { current } of plots) current?.setCursor({ left: current.valToPos(middle, 'x'), top: 1 });
  };
  const clicked = (): void => {
    const { current } = plot;
    const at = current?.cursor.idx;
    if (current && at !== null && at !== undefined) open(at, current.posToVal(current.cursor.top ?? 0, 'y'));
  };
  return (
    <div
      ref={frame}
      class={`chart ${props.class}`}
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={text}
      onKeyDown={keyed}
      onClick={clicked}
    />
  );
}
