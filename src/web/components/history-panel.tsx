import { useMemo, useRef, useState } from 'preact/hooks';
import type { Unusual } from '../api/alerts.ts';
import type { Trends } from '../api/history.ts';
import { boundsOf, labelAt, toGrid, toSpan } from '../charts/grid.ts';
import { type HistoryView, sentimentData, sentimentPlot, volumeData, volumePlot } from '../charts/history-plots.ts';
import { type FrameRef, type PlotRef, usePlot } from '../charts/plot.ts';
import { rangeFileName, saveCsv, savePng } from '../export-file.ts';
import { formatCount, formatMoment, formatNet, formatWhole } from '../format.ts';
import { go } from '../state/router.ts';
import { ChartSlider } from './chart-slider.tsx';
import { Panel } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';
import { netFormula } from './stat-cards.tsx';

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
      png={() => savePng(rangeFileName(title), `${title}: net sentiment and volume`, canvasesOf(plots))}
    />
  );
  const slider = { index, view: shown, plots };
  return (
    <Panel title="Net sentiment" hint={<Readout {...slider} of="sentiment" />} actions={save} class="history">
      <Chart {...slider} name="Net sentiment over time" of="sentiment" frame={sentiment.frame} plot={sentiment.plot} />
      <p class="formula">
        {netFormula}. {previous ? 'Dashed: the period before. ' : ''}Tinted around the line: its 95 % interval.
      </p>
      <div class="panel-head">
        <h3>Volume</h3>
        <p class="hint">
          <Readout {...slider} of="volume" />
        </p>
      </div>
      <Chart {...slider} name="Posts over time, by label" of="volume" frame={volume.frame} plot={volume.plot} />
      <Legend timeZone={timeZone} hasMarks={marks.length > 0} />
    </Panel>
  );
}

function toView({ trends, previous, timeZone, marks }: Omit<Props, 'title'>): HistoryView {
  const shiftSeconds = (Date.parse(trends.to) - Date.parse(trends.from)) / 1_000;
  return { trends, timeZone, marks, shiftSeconds, grid: toGrid(trends), before: previous && toGrid(previous) };
}

interface Shows {
  readonly index: number;
  readonly view: HistoryView;
  readonly of: 'sentiment' | 'volume';
}

function Chart(
  props: Shows & { readonly name: string; readonly frame: FrameRef; readonly plot: PlotRef; readonly plots: readonly PlotRef[] },
) {
  const { index, view: shown, of, ...rest } = props;
  return (
    <ChartSlider
      {...rest}
      class={of}
      index={index}
      middles={shown.grid.middles}
      text={readout({ index, view: shown, of })}
      open={(at, height) => openBucket(shown, at, of === 'volume' ? height : undefined)}
    />
  );
}

/** The posts of a bucket, and of the label that was pointed at. */
function openBucket({ grid, trends }: HistoryView, index: number, height?: number): void {
  const bounds = boundsOf(grid, trends.to, index);
  const bucket = grid.buckets[index];
  if (!bounds || !bucket) return;
  const label = height === undefined ? undefined : labelAt(bucket, height);
  go({ view: 'posts', span: toSpan(bounds), filter: label ? { label } : {} });
}

function Readout(props: Shows) {
  return <span class="readout">{readout(props)}</span>;
}

function readout({ index, view: { grid, timeZone, trends }, of }: Shows): string {
  const [middle, bucket] = [grid.middles[index], grid.buckets[index]];
  const when = middle === undefined ? '' : `${formatMoment(middle - grid.step / 2, timeZone, trends.grain)} · `;
  if (!bucket) return `${when}no posts`;
  const [positive, neutral, negative] = [bucket.positive, bucket.neutral, bucket.negative].map(formatWhole);
  if (of === 'volume') return `${when}${formatCount(bucket.volume)} posts: ${positive} ▲ ${neutral} ● ${negative} ▼`;
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
  saveCsv(rangeFileName(title), header, rows);
}
