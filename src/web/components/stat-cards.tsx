import {
  type BrandMetrics,
  type Change,
  type Comparison,
  type Interval,
  type Metric,
  metricNames,
  type Summary,
} from '../../domain/brand-metrics.ts';
import { describeBasis } from '../../domain/calibration.ts';
import { rangeFileName, saveCsv } from '../export-file.ts';
import {
  formatCount,
  formatDecimal,
  formatDelay,
  formatNetSentiment,
  formatPercent,
  formatPercentPrecise,
  formatRelativeChange,
  noValue,
} from '../format.ts';
import { status } from '../state/stream.ts';
import { netFormula } from './calibration-note.tsx';
import { sentimentTone } from './label.tsx';
import { SaveButtons } from './save-buttons.tsx';

interface StatCardProps {
  readonly title: string;
  readonly value: string;
  readonly tone?: string;
  /** The change from the previous period. */
  readonly change?: string | undefined;
  readonly significant?: boolean | undefined;
  /** The 95% confidence interval, or another note below the value. */
  readonly note?: string | undefined;
  /** The tooltip. */
  readonly tooltip?: string;
}

function StatCard({ title, value, tone = '', change, significant, note, tooltip }: StatCardProps) {
  return (
    <div class={`stat-card ${tone}`} title={tooltip}>
      <h3>{title}</h3>
      <p class="value">{value}</p>
      <p class={`change ${significant ? 'significant' : ''}`}>{change ?? ' '}</p>
      <p class="note">{note ?? ' '}</p>
    </div>
  );
}

/** The cards without values, as tall as with them. */
export function StatCardPlaceholders() {
  return (
    <div class="placeholder" role="status" aria-label="Loading">
      <div class="stat-cards" aria-hidden="true">
        {['Net sentiment', 'Posts', '▲ Positive', '● Neutral', '▼ Negative', ' ', 'Latency'].map((title) => (
          <StatCard key={title} title={title} value={' '} />
        ))}
      </div>
      <p class="comparison-note" />
    </div>
  );
}

/** The metrics of a range, each with its interval and its change from the previous period of equal length. */
export function StatCards({
  summary,
  brand,
  comparison,
}: {
  readonly summary: Summary;
  readonly brand: string;
  readonly comparison: Comparison | undefined;
}) {
  const { current, previous, changes } = summary;
  const { intervals } = current;
  const points = changes?.calibratedNetSentiment;
  return (
    <section class="stat-cards" aria-label="Key metrics">
      <StatCard
        title="Net sentiment"
        value={formatNetSentiment(current.calibratedNetSentiment)}
        tone={sentimentTone(current.calibratedNetSentiment)}
        change={points ? formatPoints(points.difference) : undefined}
        significant={points?.significant}
        note={formatNetInterval(intervals.calibratedNetSentiment)}
        tooltip={`${netFormula}; ${describeBasis(summary.calibration)}. Counted: ${formatNetSentiment(current.netSentiment)}. Below: 95% confidence interval.`}
      />
      <StatCard
        title="Posts"
        value={formatCount(current.volume)}
        change={previous ? formatRelativeChange(current.volume, previous.volume) : undefined}
        significant={changes?.volume?.significant}
        note={current.unscored > 0 ? `${formatCount(current.unscored)} unscored` : undefined}
        tooltip="All posts in the range; unscored posts are in a language that the model does not support"
      />
      <ShareCard label="positive" title="▲ Positive" current={current} change={changes?.positiveShare} />
      <ShareCard label="neutral" title="● Neutral" current={current} change={changes?.neutralShare} />
      <ShareCard label="negative" title="▼ Negative" current={current} change={changes?.negativeShare} />
      {brand === '*' ? <AuthorsCard summary={summary} /> : <ShareOfVoiceCard brand={brand} comparison={comparison} />}
      <LagCard />
    </section>
  );
}

function ShareCard(props: {
  readonly label: 'positive' | 'neutral' | 'negative';
  readonly title: string;
  readonly current: BrandMetrics;
  readonly change: Change | null | undefined;
}) {
  const metric = `${props.label}Share` as const satisfies Metric;
  const value = props.current[metric];
  return (
    <StatCard
      title={props.title}
      value={formatPercent(value)}
      tone={value === null ? '' : props.label}
      change={props.change ? formatPoints(100 * props.change.difference) : undefined}
      significant={props.change?.significant}
      note={formatShareInterval(props.current.intervals[metric])}
      tooltip="Share of the scored posts"
    />
  );
}

const metricTitles: Readonly<Record<Metric, string>> = {
  volume: 'posts',
  negativeShare: 'negative share',
  neutralShare: 'neutral share',
  positiveShare: 'positive share',
  netSentiment: 'counted net sentiment',
  calibratedNetSentiment: 'net sentiment',
  meanScore: 'mean score',
  weightedNetSentiment: 'weighted net sentiment',
  shareOfVoice: 'share of voice',
};

/** Saves each metric with its interval and its value in the previous period. @param voice has the share of voice of a brand */
export function SaveMetrics({ summary, voice }: { readonly summary: Summary; readonly voice: Summary | undefined }) {
  const save = (): void => {
    const header = ['metric', 'value', 'low', 'high', 'previous', 'change', 'significant'];
    const rows = metricNames.map((metric) => {
      const { current, previous, changes } = metric === 'shareOfVoice' ? (voice ?? summary) : summary;
      const { low, high } = current.intervals[metric] ?? {};
      const { difference, significant } = changes?.[metric] ?? {};
      const numbers = [current[metric], low, high, previous?.[metric], difference].map(round);
      return [metricTitles[metric], ...numbers, significant === undefined ? '' : String(significant)];
    });
    saveCsv(rangeFileName('metrics'), header, rows);
  };
  return <SaveButtons subject="the metrics" csv={save} />;
}

/** Six significant digits: more are noise. */
const round = (value: number | null | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value.toPrecision(6));

/** Authors are not counted for longer ranges: the query would take too long. */
function AuthorsCard({ summary: { current, previous } }: { readonly summary: Summary }) {
  const { authors } = current;
  const before = previous?.authors;
  return (
    <StatCard
      title="Authors"
      value={authors === null ? noValue : formatCount(authors)}
      change={authors !== null && before ? formatRelativeChange(authors, before) : undefined}
      note={authors === null ? 'only for ranges up to 8 days' : undefined}
      tooltip="Unique authors (±1%)"
    />
  );
}

function ShareOfVoiceCard({ brand, comparison }: { readonly brand: string; readonly comparison: Comparison | undefined }) {
  const summary = comparison?.brands.find((candidate) => candidate.brand === brand);
  const change = summary?.changes?.shareOfVoice;
  return (
    <StatCard
      title="Share of voice"
      value={formatPercent(summary?.current.shareOfVoice)}
      change={change ? formatPoints(100 * change.difference) : undefined}
      significant={change?.significant}
      note={comparison ? `of ${formatCount(comparison.mentions)} mentions` : undefined}
      tooltip="Mentions of the brand / mentions of all brands; a post that mentions two brands counts for each"
    />
  );
}

/** The consumer lag, or the latency for a source without one. */
function LagCard() {
  const now = status.value;
  const hasLag = now?.lag !== null && now?.lag !== undefined;
  return (
    <StatCard
      title={hasLag ? 'Lag' : 'Latency'}
      value={hasLag ? formatCount(now.lag ?? 0) : formatDelay(now?.latencySeconds)}
      note={hasLag ? `p95 latency ${formatDelay(now.latencySeconds)}` : 'p95, last minute'}
      tooltip="Lag: messages after the committed offset. Latency: 95th percentile of the time from reading a post to its stored row."
    />
  );
}

function formatPoints(difference: number): string {
  const rounded =
    Math.abs(difference) < 1 ? `${difference < 0 ? '−' : '+'}${formatDecimal(Math.abs(difference))}` : formatNetSentiment(difference);
  return `${rounded} points`;
}

function formatNetInterval(interval: Interval | null): string | undefined {
  return interval ? `95% CI ${formatNetSentiment(interval.low)} to ${formatNetSentiment(interval.high)}` : undefined;
}

/** Short enough for a card: 95% CI 27.5–29.1%. */
function formatShareInterval(interval: Interval | null): string | undefined {
  return interval ? `95% CI ${formatDecimal(100 * interval.low)}–${formatPercentPrecise(interval.high)}` : undefined;
}
