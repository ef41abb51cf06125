import { useMemo, useRef, useState } from 'preact/hooks';
import type { Unusual } from '../api/alerts.ts';
import type { Trends } from '../api/history.ts';
import { type Grid, labelAt, toGrid } from '../charts/grid.ts';
import { type HistoryView, sentimentData, sentimentPlot, volumeData, volumePlot } from '../charts/history-plots.ts';
import { type FrameRef, indexAfter, type PlotRef, usePlot } from '../charts/plot.ts';
import { fileName, saveCsv, savePng } from '../export-file.ts';
import { formatCount, formatMoment, formatNet } from '../format.ts';
import { go, view } from '../state/address.ts';
import { Panel } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';
import { netFormula } from './tiles.tsx';

interface Props {
  readonly title: string;
  readonly trends: Trends;
  readonly previous: Trends | undefined;
  readonly timeZone: string;
  readonly marks: readonly Pick<Unusual, 'at' | 'resolvedAt'>[];
}

/** Net sentiment and volume of one brand over one axis of time. A click, or Enter, leads to the posts of a bucket. */
export function HistoryPanel({ title, trends, previous, timeZone, marks }: Props) {
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = useMemo(() => toView({ trends, previous, timeZone, marks }), [trends, previous, timeZone, marks]);
  const latest = useRef(shown);
  latest.current = shown;
  const read = (): HistoryView => latest.current;
  const sentiment = usePlot(
    (frame) => sentimentPlot(frame, read, setPointed),
    useMemo(() => sentimentData(shown), [shown]),
  );
  const volume = usePlot(
    (frame) => volumePlot(frame, read, setPointed),
    useMemo(() => volumeData(shown), [shown]),
  );
  const index = pointed ?? shown.grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const plots = [sentiment.plot, volume.plot];
  const save = (
    <SaveButtons
      what="the charts"
      csv={() => saveFigures(title, shown)}
      png={() => savePng(fileName('feedpulse', title), `${title}: net sentiment and volume`, canvasesOf(plots))}
    />
  );
  const slider = { index, view: shown, plots };
  return (
    <Panel title="Net sentiment" hint={<Readout {...slider} of="sentiment" />} actions={save} class="history">
      <Slider {...slider} name="Net sentiment over time" of="sentiment" frame={sentiment.frame} plot={sentiment.plot} />
      <p class="formula">
        {netFormula}. {previous ? 'Dashed: the period before. ' : ''}Tinted around the line: its 95 % interval.
      </p>
      <div class="panel-head">
        <h3>Volume</h3>
        <p class="hint">
          <Readout {...slider} of="volume" />
        </p>
      </div>
      <Slider {...slider} name="Posts over time, by label" of="volume" frame={volume.frame} plot={volume.plot} />
      <Legend timeZone={timeZone} hasMarks={marks.length > 0} />
    </Panel>
  );
}

function toView({ trends, previous, timeZone, marks }: Omit<Props, 'title'>): HistoryView {
  const shiftSeconds = (Date.parse(trends.to) - Date.parse(trends.from)) / 1_000;
  return { trends, timeZone, marks, shiftSeconds, grid: toGrid(trends), before: previous && toGrid(previous) };
}

interface SliderProps {
  readonly index: number;
  readonly view: HistoryView;
  readonly plots: readonly PlotRef[];
  readonly of: 'sentiment' | 'volume';
}

/** For those who hear the page, or have no mouse, a chart is a slider over time. */
function Slider(props: SliderProps & { readonly name: string; readonly frame: FrameRef; readonly plot: PlotRef }) {
  const { index, view: shown, plots, of, name, frame, plot } = props;
  const last = shown.grid.middles.length - 1;
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') openBucket(shown, index);
    const next = indexAfter(event.key, index, last);
    const middle = next === undefined ? undefined : shown.grid.middles[next];
    if (middle === undefined) return;
    event.preventDefault();
    for (const { current } of plots) current?.setCursor({ left: current.valToPos(middle, 'x'), top: 1 });
  };
  const clicked = (): void => {
    const { current } = plot;
    const at = current?.cursor.idx;
    if (current && at !== null && at !== undefined)
      openBucket(shown, at, of === 'volume' ? current.posToVal(current.cursor.top ?? 0, 'y') : undefined);
  };
  return (
    <div
      ref={frame}
      class={`chart ${of}`}
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={readout({ index, view: shown, of })}
      onKeyDown={keyed}
      onClick={clicked}
    />
  );
}

/** The posts of a bucket; of one label, where a part of its bar was meant. */
function openBucket({ grid, trends }: HistoryView, index: number, height?: number): void {
  const [start, end] = boundsOf(grid, trends, index);
  const bucket = grid.buckets[index];
  if (start === undefined || end === undefined || !bucket) return;
  const label = height === undefined ? undefined : labelAt(bucket, height);
  const span = { from: new Date(start * 1_000).toISOString(), to: new Date(end * 1_000).toISOString() };
  go({ view: 'posts', span, filter: label ? { label } : {} });
}

/** A bucket ends where the next one begins: days and months differ in length. */
function boundsOf({ middles, step }: Grid, { to }: Trends, index: number): [number | undefined, number | undefined] {
  const [middle, next] = [middles[index], middles[index + 1]];
  if (middle === undefined) return [undefined, undefined];
  return [middle - step / 2, next === undefined ? Math.max(middle + step / 2, Date.parse(to) / 1_000) : next - step / 2];
}

function Readout(props: Pick<SliderProps, 'index' | 'view' | 'of'>) {
  return <span class="readout">{readout(props)}</span>;
}

function readout({ index, view: { grid, timeZone, trends }, of }: Pick<SliderProps, 'index' | 'view' | 'of'>): string {
  const [middle, bucket] = [grid.middles[index], grid.buckets[index]];
  const when = middle === undefined ? '' : `${formatMoment(middle - grid.step / 2, timeZone, trends.grain)} · `;
  if (!bucket) return `${when}no posts`;
  if (of === 'volume') return `${when}${formatCount(bucket.volume)} posts: ${bucket.positive} ▲ ${bucket.neutral} ● ${bucket.negative} ▼`;
  const interval = bucket.intervals.netSentiment;
  return `${when}${formatNet(bucket.netSentiment)}${interval ? ` (95 %: ${formatNet(interval.low)} to ${formatNet(interval.high)})` : ''}`;
}

function Legend({ timeZone, hasMarks }: { readonly timeZone: string; readonly hasMarks: boolean }) {
  return (
    <ul class="legend" aria-label="Colours">
      <li>
        <i class="key positive" />▲ positive
      </li>
      <li>
        <i class="key neutral" />● neutral
      </li>
      <li>
        <i class="key negative" />▼ negative
      </li>
      <li title="In a language the model does not know: counted as volume, never as sentiment">
        <i class="key unscored" />○ unscored
      </li>
      {hasMarks && (
        <li>
          <i class="key unusual-mark" />
          unusual
        </li>
      )}
      <li class="zone">Times in {timeZone.replaceAll('_', ' ')}. A click leads to the posts.</li>
    </ul>
  );
}

const canvasesOf = (plots: readonly PlotRef[]): HTMLCanvasElement[] =>
  plots.flatMap(({ current }) => (current ? [current.ctx.canvas] : []));

function saveFigures(title: string, { trends: { buckets } }: HistoryView): void {
  const header = ['start', 'posts', 'positive', 'neutral', 'negative', 'unscored', 'net sentiment', 'low', 'high'];
  const rows = buckets.map(({ start, volume, positive, neutral, negative, unscored, netSentiment, intervals }) => [
    start,
    volume,
    positive,
    neutral,
    negative,
    unscored,
    netSentiment,
    intervals.netSentiment?.low,
    intervals.netSentiment?.high,
  ]);
  saveCsv(fileName('feedpulse', title, view.value.range), header, rows);
}
