import { useMemo, useRef, useState } from 'preact/hooks';
import type { StoredLabel } from '../../domain/post.ts';
import type { Anomaly } from '../api/alerts.ts';
import type { Trends } from '../api/history.ts';
import { bucketBounds, labelAt, snapToBuckets, toBucketGrid, toTimeRange, unfinishedBucket } from '../charts/grid.ts';
import { type HistoryData, sentimentData, sentimentPlot, volumeData, volumePlot } from '../charts/history-plots.ts';
import type { ChartEvent } from '../charts/marks.ts';
import { type ContainerRef, type PlotImage, type PlotRef, usePlot } from '../charts/plot.ts';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { describeRange, pictureScale, savePng } from '../export-png.ts';
import { formatBucketStart, formatInteger, formatNetSentiment, formatPlural } from '../format.ts';
import { navigate } from '../state/router.ts';
import { isZoomed, zoomIn, zoomOut } from '../state/zoom.ts';
import { netFormula } from './calibration-note.tsx';
import { ChartSlider } from './chart-slider.tsx';
import { labelSymbols } from './label.tsx';
import { Panel } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

interface Props {
  readonly title: string;
  readonly trends: Trends;
  readonly previous: Trends | undefined;
  readonly timeZone: string;
  readonly anomalies: readonly Pick<Anomaly, 'at' | 'resolvedAt'>[];
  readonly events?: readonly ChartEvent[];
}

/** Net sentiment and volume of one brand over time. A click or Enter opens the posts of a bucket; dragging zooms in. */
export function HistoryPanel({ title, ...props }: Props) {
  const { trends, previous, timeZone, anomalies, events = [] } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const [onlyLabel, setOnlyLabel] = useState<StoredLabel>();
  const shown = useMemo(
    () => toHistoryView({ ...props, events, onlyLabel }),
    [trends, previous, timeZone, onlyLabel, JSON.stringify([anomalies, events])],
  );
  const { sentiment, volume } = usePlots(shown, setHovered);
  const index = hovered ?? shown.grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const plots = [sentiment.plot, volume.plot];
  const slider = { index, view: shown, plots };
  return (
    <Panel
      title="Net sentiment"
      hint={<Readout {...slider} chart="sentiment" />}
      actions={
        <>
          {isZoomed() && <ZoomOut />}
          <SaveButtons
            subject="the charts"
            csv={() => saveTrends(title, shown)}
            png={async () =>
              saveCharts(title, shown, [...(await sentiment.toImage(pictureScale)), ...(await volume.toImage(pictureScale))])
            }
          />
        </>
      }
      class="history"
    >
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
      <Legend view={shown} choose={(label) => setOnlyLabel(label === onlyLabel ? undefined : label)} />
    </Panel>
  );
}

function ZoomOut() {
  return (
    <button type="button" class="quiet-button" onClick={zoomOut}>
      Zoom out
    </button>
  );
}

/** The two charts, which share the cursor. */
function usePlots(shown: HistoryData, onMove: (index: number | null) => void) {
  const latest = useRef(shown);
  latest.current = shown;
  const handlers = {
    read: (): HistoryData => latest.current,
    onMove,
    onZoom: (from: number, to: number): void => {
      const bounds = snapToBuckets(latest.current.grid, latest.current.trends.to, from, to);
      if (bounds) zoomIn(toTimeRange(bounds));
    },
  };
  const sentiment = usePlot(
    (container) => sentimentPlot(container, handlers),
    useMemo(() => sentimentData(shown), [shown]),
  );
  const volume = usePlot(
    (container) => volumePlot(container, handlers),
    useMemo(() => volumeData(shown), [shown]),
  );
  return { sentiment, volume };
}

function toHistoryView({ trends, previous, ...props }: Omit<Props, 'title'> & Pick<HistoryData, 'onlyLabel' | 'events'>): HistoryData {
  const shiftSeconds = (Date.parse(trends.to) - Date.parse(trends.from)) / 1_000;
  return { ...props, trends, shiftSeconds, grid: toBucketGrid(trends), previous: previous && toBucketGrid(previous) };
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
      tooltip={<Tooltip index={index} view={shown} />}
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

/** The start of a bucket; empty if there is none. */
function bucketTitle(index: number, { grid, timeZone, trends }: HistoryData): string {
  const middle = grid.midpoints[index];
  if (middle === undefined) return '';
  const start = formatBucketStart(middle - grid.stepSeconds / 2, timeZone, trends.grain);
  return `${start}${index === unfinishedBucket(grid, trends.to) ? ' (incomplete)' : ''}`;
}

function Readout(props: ReadoutProps) {
  return <span class="readout">{readoutText(props)}</span>;
}

function readoutText({ index, view: shown, chart }: ReadoutProps): string {
  const { grid } = shown;
  const bucket = grid.buckets[index];
  const title = bucketTitle(index, shown);
  const when = title && `${title} · `;
  if (!bucket) return `${when}no posts`;
  const [positive, neutral, negative] = [bucket.positive, bucket.neutral, bucket.negative].map(formatInteger);
  if (chart === 'volume') return `${when}${formatPlural(bucket.volume, 'post')}: ${positive} ▲ ${neutral} ● ${negative} ▼`;
  const interval = bucket.intervals.calibratedNetSentiment;
  return `${when}${formatNetSentiment(bucket.calibratedNetSentiment)}${interval ? ` (95% CI ${formatNetSentiment(interval.low)} to ${formatNetSentiment(interval.high)})` : ''}`;
}

/** Everything about one bucket, at the cursor. */
function Tooltip({ index, view: shown }: Pick<ReadoutProps, 'index' | 'view'>) {
  const { grid, trends, events } = shown;
  const [bucket, bounds] = [grid.buckets[index], bucketBounds(grid, trends.to, index)];
  const during = bounds ? events.filter(({ from, to }) => Date.parse(from) < bounds[1] * 1_000 && Date.parse(to) > bounds[0] * 1_000) : [];
  return (
    <>
      <b>{bucketTitle(index, shown)}</b>
      {bucket ? (
        <ul>
          <li>
            Net sentiment <b>{formatNetSentiment(bucket.calibratedNetSentiment)}</b>
          </li>
          {shownLabels.map((label) => (
            <li key={label}>
              <i class={`swatch ${label}`} />
              {labelSymbols[label]} {label} <b>{formatInteger(bucket[label])}</b>
            </li>
          ))}
        </ul>
      ) : (
        'No posts'
      )}
      {during.map(({ name }) => (
        <span key={name}>
          Event: <bdi>{name}</bdi>
        </span>
      ))}
    </>
  );
}

const shownLabels = ['positive', 'neutral', 'negative', 'unscored'] as const;

/** What the colors mean; a label can be shown alone. */
function Legend({ view: shown, choose }: { readonly view: HistoryData; choose(label: StoredLabel): void }) {
  const { timeZone, anomalies, events, grid, trends, onlyLabel } = shown;
  const marks = [
    ['anomaly-mark', 'incident', anomalies.length > 0],
    ['event-mark', 'planned event', events.some(({ from, to }) => from < trends.to && to > trends.from)],
    ['unfinished', 'incomplete', unfinishedBucket(grid, trends.to) !== undefined],
  ] as const;
  return (
    <ul class="legend" aria-label="Legend">
      {shownLabels.map((label) => (
        <li key={label}>
          <button
            type="button"
            aria-pressed={onlyLabel === label}
            title={
              label === 'unscored'
                ? 'In a language that the model does not support: counted in volume, not in sentiment'
                : `Show only ${label} posts in the volume chart`
            }
            onClick={() => choose(label)}
          >
            <i class={`swatch ${label}`} />
            {labelSymbols[label]} {label}
          </button>
        </li>
      ))}
      {marks.map(
        ([swatch, text, isShown]) =>
          isShown && (
            <li key={text}>
              <i class={`swatch ${swatch}`} />
              {text}
            </li>
          ),
      )}
      <li class="zone">{timeZone.replaceAll('_', ' ')}. Click a bar to see its posts, drag to zoom in.</li>
    </ul>
  );
}

function saveCharts(title: string, { timeZone, anomalies, trends }: HistoryData, plots: readonly PlotImage[]): Promise<void> {
  const legend = [
    ...shownLabels.map((label) => ({ color: `--${label}`, text: `${labelSymbols[label]} ${label}` })),
    ...(anomalies.length > 0 ? [{ color: '--alert', text: 'incident' }] : []),
  ];
  return savePng(rangeFileName(title), {
    title: `${title}: net sentiment and volume`,
    subtitle: describeRange(trends, timeZone),
    legend,
    plots,
  });
}

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
