import { useMemo, useRef, useState } from 'preact/hooks';
import type { Anomaly } from '../api/alerts.ts';
import type { Trends } from '../api/history.ts';
import { bucketBounds, labelAt, toBucketGrid, toTimeRange, unfinishedBucket } from '../charts/grid.ts';
import { type HistoryData, sentimentData, sentimentPlot, volumeData, volumePlot } from '../charts/history-plots.ts';
import { type ContainerRef, type PlotRef, usePlot } from '../charts/plot.ts';
import { rangeFileName, saveCsv, savePng } from '../export-file.ts';
import { formatBucketStart, formatInteger, formatNetSentiment, formatPlural } from '../format.ts';
import { navigate } from '../state/router.ts';
import { netFormula } from './calibration-note.tsx';
import { ChartSlider } from './chart-slider.tsx';
import { Panel } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

interface Props {
  readonly title: string;
  readonly trends: Trends;
  readonly previous: Trends | undefined;
  readonly timeZone: string;
  readonly anomalies: readonly Pick<Anomaly, 'at' | 'resolvedAt'>[];
}

/** Net sentiment and volume of one brand over time. A click or Enter opens the posts of a bucket. */
export function HistoryPanel({ title, trends, previous, timeZone, anomalies }: Props) {
  const [hovered, setHovered] = useState<number | null>(null);
  const shown = useMemo(() => toHistoryView({ trends, previous, timeZone, anomalies }), [trends, previous, timeZone, anomalies]);
  const latest = useRef(shown);
  latest.current = shown;
  const read = (): HistoryData => latest.current;
  const sentiment = usePlot(
    (container) => sentimentPlot(container, read, setHovered),
    useMemo(() => sentimentData(shown), [shown]),
  );
  const volume = usePlot(
    (container) => volumePlot(container, read, setHovered),
    useMemo(() => volumeData(shown), [shown]),
  );
  const index = hovered ?? shown.grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const plots = [sentiment.plot, volume.plot];
  const save = (
    <SaveButtons
      subject="the charts"
      csv={() => saveTrends(title, shown)}
      png={() => savePng(rangeFileName(title), `${title}: net sentiment and volume`, canvases(plots))}
    />
  );
  const slider = { index, view: shown, plots };
  return (
    <Panel title="Net sentiment" hint={<Readout {...slider} chart="sentiment" />} actions={save} class="history">
      <Chart {...slider} name="Net sentiment over time" chart="sentiment" container={sentiment.container} plot={sentiment.plot} />
      <p class="formula">
        {netFormula}. Shaded: 95% confidence interval.{previous ? ' Dashed: previous period.' : ''}
      </p>
      <div class="panel-head">
        <h3>Volume</h3>
        <p class="hint">
          <Readout {...slider} chart="volume" />
        </p>
      </div>
      <Chart {...slider} name="Posts over time, by label" chart="volume" container={volume.container} plot={volume.plot} />
      <Legend timeZone={timeZone} hasMarks={anomalies.length > 0} isUnfinished={unfinishedBucket(shown.grid, trends.to) !== undefined} />
    </Panel>
  );
}

function toHistoryView({ trends, previous, timeZone, anomalies }: Omit<Props, 'title'>): HistoryData {
  const shiftSeconds = (Date.parse(trends.to) - Date.parse(trends.from)) / 1_000;
  return { trends, timeZone, anomalies, shiftSeconds, grid: toBucketGrid(trends), previous: previous && toBucketGrid(previous) };
}

interface ReadoutProps {
  readonly index: number;
  readonly view: HistoryData;
  readonly chart: 'sentiment' | 'volume';
}

function Chart(
  props: ReadoutProps & {
    readonly name: string;
    readonly container: ContainerRef;
    readonly plot: PlotRef;
    readonly plots: readonly PlotRef[];
  },
) {
  const { index, view: shown, chart, ...rest } = props;
  return (
    <ChartSlider
      {...rest}
      class={chart}
      index={index}
      midpoints={shown.grid.midpoints}
      text={readoutText({ index, view: shown, chart })}
      onSelect={(at, height) => openBucket(shown, at, chart === 'volume' ? height : undefined)}
    />
  );
}

/** Opens the posts of a bucket, filtered by the label that was clicked. */
function openBucket({ grid, trends }: HistoryData, index: number, height?: number): void {
  const bounds = bucketBounds(grid, trends.to, index);
  const bucket = grid.buckets[index];
  if (!bounds || !bucket) return;
  const label = height === undefined ? undefined : labelAt(bucket, height);
  navigate({ page: 'posts', customRange: toTimeRange(bounds), filter: label ? { label } : {} });
}

function Readout(props: ReadoutProps) {
  return <span class="readout">{readoutText(props)}</span>;
}

function readoutText({ index, view: { grid, timeZone, trends }, chart }: ReadoutProps): string {
  const [middle, bucket] = [grid.midpoints[index], grid.buckets[index]];
  const when =
    middle === undefined
      ? ''
      : `${formatBucketStart(middle - grid.stepSeconds / 2, timeZone, trends.grain)}${index === unfinishedBucket(grid, trends.to) ? ' (incomplete)' : ''} · `;
  if (!bucket) return `${when}no posts`;
  const [positive, neutral, negative] = [bucket.positive, bucket.neutral, bucket.negative].map(formatInteger);
  if (chart === 'volume') return `${when}${formatPlural(bucket.volume, 'post')}: ${positive} ▲ ${neutral} ● ${negative} ▼`;
  const interval = bucket.intervals.calibratedNetSentiment;
  return `${when}${formatNetSentiment(bucket.calibratedNetSentiment)}${interval ? ` (95% CI ${formatNetSentiment(interval.low)} to ${formatNetSentiment(interval.high)})` : ''}`;
}

function Legend(props: { readonly timeZone: string; readonly hasMarks: boolean; readonly isUnfinished: boolean }) {
  const { timeZone, hasMarks, isUnfinished } = props;
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <i class="swatch positive" />▲ positive
      </li>
      <li>
        <i class="swatch neutral" />● neutral
      </li>
      <li>
        <i class="swatch negative" />▼ negative
      </li>
      <li title="In a language that the model does not support: counted in volume, not in sentiment">
        <i class="swatch unscored" />○ unscored
      </li>
      {hasMarks && (
        <li>
          <i class="swatch anomaly-mark" />
          incident
        </li>
      )}
      {isUnfinished && (
        <li>
          <i class="swatch unfinished" />
          incomplete
        </li>
      )}
      <li class="zone">Time zone: {timeZone.replaceAll('_', ' ')}. Click a bar to see its posts.</li>
    </ul>
  );
}

const canvases = (plots: readonly PlotRef[]): HTMLCanvasElement[] => plots.flatMap(({ current }) => (current ? [current.ctx.canvas] : []));

function saveTrends(title: string, { trends: { buckets } }: HistoryData): void {
  const header = ['start', 'posts', 'positive', 'neutral', 'negative', 'unscored', 'net sentiment', 'low', 'high', 'counted net sentiment'];
  const rows = buckets.map(({ start, volume, positive, neutral, negative, unscored, calibratedNetSentiment, netSentiment, intervals }) => [
    start,
    volume,
    positive,
    neutral,
    negative,
    unscored,
    calibratedNetSentiment,
    intervals.calibratedNetSentiment?.low,
    intervals.calibratedNetSentiment?.high,
    netSentiment,
  ]);
  saveCsv(rangeFileName(title), header, rows);
}
