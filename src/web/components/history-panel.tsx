import { useMemo, useRef, useState } from 'preact/hooks';
import type { Anomaly } from '../api/alerts.ts';
import type { Trends } from '../api/history.ts';
import { boundsOf, labelAt, toGrid, toSpan } from '../charts/grid.ts';
import { type HistoryView, sentimentData, sentimentPlot, volumeData, volumePlot } from '../charts/history-plots.ts';
import { type FrameRef, type PlotRef, usePlot } from '../charts/plot.ts';
import { rangeFileName, saveCsv, savePng } from '../export-file.ts';
import { formatBucketStart, formatCountOf, formatInteger, formatNet } from '../format.ts';
import { navigate } from '../state/router.ts';
import { ChartSlider } from './chart-slider.tsx';
import { Panel } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';
import { netFormula } from './stat-cards.tsx';

interface Props {
  readonly title: string;
  readonly trends: Trends;
  readonly previous: Trends | undefined;
  readonly timeZone: string;
  readonly marks: readonly Pick<Anomaly, 'at' | 'resolvedAt'>[];
}

/** Net sentiment and volume of one brand over time. A click or Enter opens the posts of a bucket. */
export function HistoryPanel({ title, trends, previous, timeZone, marks }: Props) {
  const [hovered, setHovered] = useState<number | null>(null);
  const shown = useMemo(() => toHistoryView({ trends, previous, timeZone, marks }), [trends, previous, timeZone, marks]);
  const latest = useRef(shown);
  latest.current = shown;
  const read = (): HistoryView => latest.current;
  const sentiment = usePlot(
    (frame) => sentimentPlot(frame, read, setHovered),
    useMemo(() => sentimentData(shown), [shown]),
  );
  const volume = usePlot(
    (frame) => volumePlot(frame, read, setHovered),
    useMemo(() => volumeData(shown), [shown]),
  );
  const index = hovered ?? shown.grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const plots = [sentiment.plot, volume.plot];
  const save = (
    <SaveButtons
      what="the charts"
      csv={() => saveTrends(title, shown)}
      png={() => savePng(rangeFileName(title), `${title}: net sentiment and volume`, canvasesOf(plots))}
    />
  );
  const slider = { index, view: shown, plots };
  return (
    <Panel title="Net sentiment" hint={<Readout {...slider} of="sentiment" />} actions={save} class="history">
      <Chart {...slider} name="Net sentiment over time" of="sentiment" frame={sentiment.frame} plot={sentiment.plot} />
      <p class="formula">
        {netFormula}. Shaded: 95% confidence interval.{previous ? ' Dashed: previous period.' : ''}
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

function toHistoryView({ trends, previous, timeZone, marks }: Omit<Props, 'title'>): HistoryView {
  const shiftSeconds = (Date.parse(trends.to) - Date.parse(trends.from)) / 1_000;
  return { trends, timeZone, marks, shiftSeconds, grid: toGrid(trends), previous: previous && toGrid(previous) };
}

interface ReadoutProps {
  readonly index: number;
  readonly view: HistoryView;
  readonly of: 'sentiment' | 'volume';
}

function Chart(
  props: ReadoutProps & { readonly name: string; readonly frame: FrameRef; readonly plot: PlotRef; readonly plots: readonly PlotRef[] },
) {
  const { index, view: shown, of, ...rest } = props;
  return (
    <ChartSlider
      {...rest}
      class={of}
      index={index}
      middles={shown.grid.middles}
      text={readoutText({ index, view: shown, of })}
      open={(at, height) => openBucket(shown, at, of === 'volume' ? height : undefined)}
    />
  );
}

/** Opens the posts of a bucket, filtered by the label that was clicked. */
function openBucket({ grid, trends }: HistoryView, index: number, height?: number): void {
  const bounds = boundsOf(grid, trends.to, index);
  const bucket = grid.buckets[index];
  if (!bounds || !bucket) return;
  const label = height === undefined ? undefined : labelAt(bucket, height);
  navigate({ page: 'posts', span: toSpan(bounds), filter: label ? { label } : {} });
}

function Readout(props: ReadoutProps) {
  return <span class="readout">{readoutText(props)}</span>;
}

function readoutText({ index, view: { grid, timeZone, trends }, of }: ReadoutProps): string {
  const [middle, bucket] = [grid.middles[index], grid.buckets[index]];
  const when = middle === undefined ? '' : `${formatBucketStart(middle - grid.step / 2, timeZone, trends.grain)} · `;
  if (!bucket) return `${when}no posts`;
  const [positive, neutral, negative] = [bucket.positive, bucket.neutral, bucket.negative].map(formatInteger);
  if (of === 'volume') return `${when}${formatCountOf(bucket.volume, 'post')}: ${positive} ▲ ${neutral} ● ${negative} ▼`;
  const interval = bucket.intervals.netSentiment;
  return `${when}${formatNet(bucket.netSentiment)}${interval ? ` (95% CI ${formatNet(interval.low)} to ${formatNet(interval.high)})` : ''}`;
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
      <li title="In a language that the model does not support: counted in volume, not in sentiment">
        <i class="key unscored" />○ unscored
      </li>
      {hasMarks && (
        <li>
          <i class="key anomaly-mark" />
          anomaly
        </li>
      )}
      <li class="zone">Times in {timeZone.replaceAll('_', ' ')}. Click a bar to see its posts.</li>
    </ul>
  );
}

const canvasesOf = (plots: readonly PlotRef[]): HTMLCanvasElement[] =>
  plots.flatMap(({ current }) => (current ? [current.ctx.canvas] : []));

function saveTrends(title: string, { trends: { buckets } }: HistoryView): void {
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
