import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { type ContainerRef, indexAfterKey, type PlotRef } from '../charts/plot.ts';
import { isZoomed, zoomOut } from '../state/zoom.ts';

interface Props {
  readonly name: string;
  readonly class: string;
  /** The current bucket. */
  readonly index: number;
  /** The middle of each bucket, in seconds since 1970. */
  readonly midpoints: readonly number[];
  /** The current value, as text for screen readers. */
  readonly text: string;
  /** Shown at the cursor. */
  readonly tooltip?: ComponentChildren;
  readonly container: ContainerRef;
  readonly plot: PlotRef;
  /** Charts that share the cursor. */
  readonly plots: readonly PlotRef[];
  /** Called on click, with the y value, and on Enter, without it. */
  onSelect(index: number, height?: number): void;
  /** Handles other keys; returns whether it did. */
  onKey?(key: string): boolean;
}

/** A press that moves further than this, in pixels, is a drag. */
const dragPx = 8;
/** In a zoomed chart a click waits this long for a second one, which zooms out. */
const doubleClickMs = 260;

/** A chart that is also a slider over time, for keyboards and screen readers. */
export function ChartSlider(props: Props) {
  const { name, index, midpoints, text, container, plot, plots, onSelect } = props;
  const [isPointed, setPointed] = useState(false);
  const pressedAt = useRef(0);
  const click = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = midpoints.length - 1;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onSelect(index);
    if (event.key === 'Escape') zoomOut();
    const next = indexAfterKey(event.key, index, last);
    const middle = next === undefined ? undefined : midpoints[next];
    if (props.onKey?.(event.key) || middle !== undefined) event.preventDefault();
    if (middle === undefined) return;
    for (const { current } of plots) current?.setCursor({ left: current.valToPos(middle, 'x'), top: 1 });
  };
  const onClick = ({ clientX }: MouseEvent): void => {
    const { current } = plot;
    const at = current?.cursor.idx;
    if (!current || at === null || at === undefined || Math.abs(clientX - pressedAt.current) > dragPx) return;
    const height = current.posToVal(current.cursor.top ?? 0, 'y');
    clearTimeout(click.current);
    if (isZoomed()) click.current = setTimeout(() => onSelect(at, height), doubleClickMs);
    else onSelect(at, height);
  };
  const onDoubleClick = (): void => {
    clearTimeout(click.current);
    zoomOut();
  };
  return (
    <div class="chart-frame" onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)}>
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
        onPointerDown={({ clientX }) => {
          pressedAt.current = clientX;
        }}
        onClick={onClick}
        onDblClick={onDoubleClick}
      />
      {isPointed && props.tooltip !== undefined && (
        <div class="chart-tooltip" aria-hidden="true" style={tooltipPosition(plot, midpoints[index])}>
          {props.tooltip}
        </div>
      )}
    </div>
  );
}

const tooltipGap = 14;

/** Beside the bucket, on the side with more room. */
function tooltipPosition({ current: chart }: PlotRef, middle: number | undefined): Record<string, string> {
  if (!chart || middle === undefined) return {};
  const x = chart.over.offsetLeft + chart.valToPos(middle, 'x');
  return x < chart.width / 2 ? { left: `${x + tooltipGap}px` } : { right: `${chart.width - x + tooltipGap}px` };
}
